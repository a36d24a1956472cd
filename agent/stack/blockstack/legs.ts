// One lane as several legs (pure): the medium beneath is one, and so is its queue.

export interface Legs {
  /** Of each, sectors. */
  readonly length: number;
  readonly offsets: readonly number[];
}

const mebibyteSectors = 2048;

/** As long as they can be, in whole chunks and whole MiB. */
export function legsOf(sectors: number, count: number, chunkSectors = 1): Legs {
  const grain = leastCommonMultiple(mebibyteSectors, Math.max(1, chunkSectors));
  const length = Math.floor(sectors / count / grain) * grain;
  return { length, offsets: Array.from({ length: count }, (_, i) => i * length) };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
