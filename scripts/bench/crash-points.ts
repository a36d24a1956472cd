// For the crash matrix: which points of a run are tried, and in which order.

const isOfLine = (name: string): boolean => /, (torn|written)$/.test(name);
const isBeforeAct = (name: string): boolean => /^(intent|undoing) .*, written$/.test(name);

/** Whether host, or what the journal lists as outstanding, is another at this point than at the one before. */
function isAnother(before: string | undefined, name: string): boolean {
  if (before === undefined || !isOfLine(before) || !isOfLine(name)) return true;
  return isBeforeAct(before) || /^(header|intent .*), written$/.test(name);
}

/** A state of host and journal; `kind` is the name of its first point, `numbers` are its points, from 1. */
export interface State {
  readonly kind: string;
  readonly numbers: readonly number[];
}

/**
 * The states of host and journal that a run goes through, each with the points at which it can be met: a
 * record that is torn, written, or followed by a torn one changes nothing.
 */
export function statesOf(points: readonly string[]): readonly State[] {
  const states: { kind: string; numbers: number[] }[] = [];
  for (const [i, name] of points.entries()) {
    if (isAnother(points[i - 1], name)) states.push({ kind: name, numbers: [] });
    states.at(-1)?.numbers.push(i + 1);
  }
  return states;
}

/** In an order in which every beginning is spread evenly (van der Corput), so that it can be cut off anywhere. */
export function spread<T>(items: readonly T[]): readonly T[] {
  const bits = Math.ceil(Math.log2(Math.max(2, items.length)));
  const reversed = (i: number): number =>
    Number.parseInt(i.toString(2).padStart(bits, '0').split('').reverse().join(''), 2);
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).flatMap((i) => items.slice(i, i + 1));
}

/** Of the states of each kind the one in their middle, which has much to undo, in the order of the run. */
export function eachKind(states: readonly State[]): readonly State[] {
  const kinds = [...new Set(states.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const same = states.filter((state) => state.kind === kind);
    return same.slice(Math.floor(same.length / 2), Math.floor(same.length / 2) + 1);
  });
}
