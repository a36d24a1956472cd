// For the crash matrix: which points of a run are tried, and in which order.

/**
 * Points (numbers from 1) of which each stands for one state of host and journal: just after something was done or written.
 * In every second one the next line of the journal is torn as well.
 */
export function statesOf(points) {
  const states = [];
  for (let i = 0; i < points.length; i++) {
    const isBeforeLine = points[i].endsWith(', torn');
    if (isBeforeLine && i > 0) continue;
    const nextIsTorn = points[i + 1]?.endsWith(', torn') ?? false;
    states.push(nextIsTorn && states.length % 2 === 1 ? i + 2 : i + 1);
  }
  return states;
}

/** In an order in which every beginning is spread evenly (van der Corput), so that it can be cut off anywhere. */
export function spread(items) {
  const bits = Math.ceil(Math.log2(Math.max(2, items.length)));
  const reversed = (i) => Number.parseInt([...i.toString(2).padStart(bits, '0')].reverse().join(''), 2);
  return Array.from({ length: 2 ** bits }, (_, i) => reversed(i)).flatMap((i) => (i < items.length ? [items[i]] : []));
}

const stages = ['intent KIND, written', 'done KIND, torn', 'undoing KIND, written', 'undone KIND, torn'];

/** Every kind of step once, each at another stage of its life, and the points within a step. */
export function eachKind(points) {
  const kinds = new Set(points.flatMap((name) => /^intent (\S+),/.exec(name)?.[1] ?? []));
  const wanted = [...kinds].map((kind, i) => stages[i % stages.length].replace('KIND', kind));
  const within = ['header, written', 'dm made', 'dm loaded', 'dm-swap loaded'];
  return [...within, ...wanted].map((name) => points.indexOf(name) + 1).filter((number) => number > 0);
}
