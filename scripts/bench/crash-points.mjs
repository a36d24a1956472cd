// For the crash matrix: which points of a run are tried, and in which order.

const isOfLine = (name) => /, (torn|written)$/.test(name);
const isBeforeAct = (name) => /^(intent|undoing) .*, written$/.test(name);

/** Whether host, or what the journal lists as outstanding, is another at this point than at the one before. */
function isAnother(before, name) {
  if (before === undefined || !isOfLine(before) || !isOfLine(name)) return true;
  return isBeforeAct(before) || /^(header|intent .*), written$/.test(name);
}

/**
 * The states of host and journal that a run goes through, each with the points at which it can be met (numbers from 1): a
 * record that is torn, written, or followed by a torn one changes nothing. `kind` names its first point.
 */
export function statesOf(points) {
  const states = [];
  for (const [i, name] of points.entries()) {
    if (isAnother(points[i - 1], name)) states.push({ kind: name, numbers: [] });
    states.at(-1).numbers.push(i + 1);
  }
  return states;
}

/** In an order in which every beginning is spread evenly (van der Corput), so that it can be cut off anywhere. */
export function spread(items) {
  const bits = Math.ceil(Math.log2(Math.max(2, items.length)));
  const reversed = (i) => Number.parseInt([...i.toString(2).padStart(bits, '0')].reverse().join(''), 2);
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).flatMap((i) => (i < items.length ? [items[i]] : []));
}

/** Of the states of each kind the one in their middle, which has much to undo, in the order of the run. */
export function eachKind(states) {
  const kinds = [...new Set(states.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const same = states.filter((state) => state.kind === kind);
    return same[Math.floor(same.length / 2)];
  });
}
