import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bordersOf, bucketOf, countWithin, merged, quantileOf } from '../../../agent/load/histogram.ts';

const stream = readFileSync(new URL('../../fixtures/fio-3.33/snapshots.json-stream', import.meta.url), 'utf8');

const at = (...latencies: readonly number[]) => merged(latencies.map((ns) => new Map([[bucketOf(ns), 1]])));

describe('the buckets of fio', () => {
  it('lie about every midpoint that fio has printed', () => {
    const midpoints = [...stream.matchAll(/^ +"(\d+)" : \d+,?$/gm)].map((match) => Number(match[1]));
    expect(midpoints.length).toBeGreaterThan(200);
    for (const midpoint of midpoints) {
      const { lowNs, highNs } = bordersOf(bucketOf(midpoint));
      expect((lowNs + highNs) / 2).toBe(midpoint);
    }
  });

  // From the table in fio's stat.h: one value each up to 127, then 64 to the octave.
  it.each<[number, number, number]>([
    [0, 0, 1],
    [127, 127, 128],
    [128, 128, 130],
    [255, 254, 256],
    [256, 256, 260],
    [1023, 1016, 1024],
    [20_000_000, 19_922_944, 20_185_088],
    [2 ** 33, 2 ** 33, 2 ** 33 + 2 ** 27],
    [2 ** 34 - 1, 2 ** 34 - 2 ** 27, Infinity],
    [1e15, 2 ** 34 - 2 ** 27, Infinity],
  ])('hold %d ns in %d to %d', (ns, lowNs, highNs) => {
    expect(bordersOf(bucketOf(ns))).toEqual({ lowNs, highNs });
  });

  it('leave no gap and do not overlap', () => {
    for (let bucket = 0; bucket < 29 * 64 - 1; bucket++) {
      const { lowNs, highNs } = bordersOf(bucket);
      expect(bordersOf(bucket + 1).lowNs).toBe(highNs);
      expect([bucketOf(lowNs), bucketOf(highNs - 1)]).toEqual([bucket, bucket]);
    }
  });
});

describe('the I/Os within a bound', () => {
  it('are all of a bucket that ends at the bound or below, none of one that begins above', () => {
    expect(countWithin(at(100, 101, 5000), 100)).toBe(1);
    expect(countWithin(at(128, 129), 129)).toBe(2);
    expect(countWithin(at(100, 101, 5000), 99)).toBe(0);
  });

  it('are the share of the bucket that the bound lies in', () => {
    // 1016 to 1023: half of them are 1019 or less.
    expect(countWithin(at(1020, 1020), 1019)).toBe(1);
  });

  it('are never those in the last bucket, which has no end', () => {
    expect(countWithin(at(2 ** 35), 1e12)).toBe(0);
  });
});

describe('a quantile', () => {
  it('is that of the values where buckets are one value wide', () => {
    const all = at(...Array.from({ length: 100 }, (_, i) => i + 1));
    expect([quantileOf(all, 0.5), quantileOf(all, 0.99), quantileOf(all, 1)]).toEqual([50, 99, 100]);
  });

  it('of merged histograms is that of all values, not the mean of quantiles', () => {
    const [quick, slow] = [at(10, 10, 10, 10, 10, 10, 10, 10, 10), at(100)];
    expect(quantileOf(merged([quick, slow]), 0.5)).toBe(10);
    expect(quantileOf(merged([quick, slow]), 0.99)).toBe(100);
  });

  it('is none of nothing', () => {
    expect(quantileOf(new Map(), 0.5)).toBeUndefined();
  });
});
