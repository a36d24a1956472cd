// fio's latency histograms (pure): its buckets, their sums and differences, and what lies within a bound.
//
// A library such as hdr-histogram-js has buckets of its own: fio's counts would be spread over them by guess. In fio's
// own buckets sums over jobs, directions and guests, and differences between snapshots, are exact.

/**
 * Counts by number of the bucket. fio has 64 buckets an octave: a value whose highest bit is m belongs to the bucket that its
 * upper 7 bits name, so the lower m - 6 bits are lost; values below 128 ns have a bucket each, all from 2^34 ns on share the
 * last. Source: fio stat.h (FIO_IO_U_PLAT_BITS 6, FIO_IO_U_PLAT_GROUP_NR 29) and stat.c (plat_val_to_idx, plat_idx_to_val).
 */
export type Histogram = ReadonlyMap<number, number>;

const platBits = 6;
const platValues = 2 ** platBits;
const lastBucket = 29 * platValues - 1;

/** The bucket of a latency in whole nanoseconds; of a bucket's midpoint, that bucket. */
export function bucketOf(ns: number): number {
  if (ns < 2 * platValues) return ns;
  const lostBits = highestBit(ns) - platBits;
  // The value without its lost bits is 64..127: the 64 counts as one of the groups before this one.
  const bucket = lostBits * platValues + Math.floor(ns / 2 ** lostBits);
  return Math.min(bucket, lastBucket);
}

/** Whole nanoseconds that a bucket holds: from `lowNs` on, `highNs` is the first that it does not hold. */
export function bordersOf(bucket: number): { readonly lowNs: number; readonly highNs: number } {
  if (bucket < 2 * platValues) return { lowNs: bucket, highNs: bucket + 1 };
  const width = 2 ** (Math.floor(bucket / platValues) - 1);
  const lowNs = (platValues + (bucket % platValues)) * width;
  return { lowNs, highNs: bucket === lastBucket ? Infinity : lowNs + width };
}

/** `bins` of json+: the count by the bucket's midpoint in nanoseconds. Undefined for anything that is not that. */
export function decodeBins(raw: unknown): Histogram | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const counts = new Map<number, number>();
  for (const [key, count] of Object.entries(raw) as [string, unknown][]) {
    const midpoint = /^\d{1,15}$/.test(key) ? Number(key) : NaN;
    if (Number.isNaN(midpoint) || typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
      return undefined;
    }
    const bucket = bucketOf(midpoint);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return counts;
}

/** The sum of histograms; exact, because all have the same buckets. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return counts;
}

/** The difference between two states of one growing histogram; undefined if it has not only grown. */
export function grownBy(from: Histogram, to: Histogram): Histogram | undefined {
  if ([...from].some(([bucket, count]) => (to.get(bucket) ?? 0) < count)) return undefined;
  return new Map(
    [...to].flatMap(([bucket, count]) => {
      const more = count - (from.get(bucket) ?? 0);
      return more > 0 ? [[bucket, more] as const] : [];
    }),
  );
}

/** I/Os that took `boundNs` (whole nanoseconds) or less; of the bucket that the bound lies in, the share below it. */
export function countWithin(histogram: Histogram, boundNs: number): number {
  let total = 0;
  for (const [bucket, count] of histogram) {
    const { lowNs, highNs } = bordersOf(bucket);
    total += count * Math.min(1, Math.max(0, (boundNs + 1 - lowNs) / (highNs - lowNs)));
  }
  return total;
}

/** The latency in nanoseconds that `share` (0..1) of the I/Os stay at or below, even within its bucket; undefined when empty. */
export function quantileOf(histogram: Histogram, share: number): number | undefined {
  const buckets = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  let left = share * buckets.reduce((total, [, count]) => total + count, 0);
  for (const [i, [bucket, count]] of buckets.entries()) {
    const { lowNs, highNs } = bordersOf(bucket);
    const lastNs = Number.isFinite(highNs) ? highNs - 1 : lowNs;
    if (left <= count || i === buckets.length - 1) return lowNs + (lastNs - lowNs) * Math.min(1, left / count);
    left -= count;
  }
  return undefined;
}

function highestBit(value: number): number {
  const guess = Math.floor(Math.log2(value));
  // Math.log2 rounds: just below a power of two it may give the power.
  return 2 ** guess > value ? guess - 1 : guess;
}
