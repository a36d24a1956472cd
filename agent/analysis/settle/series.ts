// Completed I/Os over time after a switch: cumulative counts with the time of each reading, and the bins between them.

/** Cumulative counts of completed I/Os over all guests; both lists have one entry a reading, in order. */
export interface Completions {
  /** Milliseconds since the switch was through, by the clock at the reading: timers fire late, so the distance varies. */
  readonly atMs: readonly number[];
  readonly ios: readonly number[];
}

/** The time between two readings. */
export interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
  /** Completed I/Os a second. */
  readonly rate: number;
}

/** How far two readings are meant to be apart, milliseconds. */
export const binMs = 100;

/** Readings closer than this to the one before make no bin of their own: one I/O more or less would be a large rate. */
const leastMs = binMs / 2;

/** Counts that went backwards (a device made anew) give no bin. */
export function binsOf({ atMs, ios }: Completions): readonly Bin[] {
  const bins: Bin[] = [];
  let last = 0;
  for (let i = 1; i < Math.min(atMs.length, ios.length); i++) {
    const [fromMs, toMs] = [atMs[last] ?? 0, atMs[i] ?? 0];
    const count = (ios[i] ?? 0) - (ios[last] ?? 0);
    if (toMs - fromMs < leastMs) continue;
    if (count >= 0) bins.push({ fromMs, toMs, rate: (1000 * count) / (toMs - fromMs) });
    last = i;
  }
  return bins;
}
