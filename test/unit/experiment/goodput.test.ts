import { describe, expect, it } from 'vitest';
import { goodputOf, guestGoodput, guestRecord, latencyQuantiles } from '../../../agent/experiment/goodput.ts';
import { LoadError } from '../../../agent/lib/errors.ts';
import { bucketOf, type Histogram } from '../../../agent/load/histogram.ts';

const ms = 1_000_000;

/** So many I/Os of 1 ms and so many of 100 ms in two seconds. */
const work = (quick: number, slow: number, errors = 0) => ({
  ...{ elapsedMs: 2000, ios: quick + slow, bytes: 0, errors, meanLatencyNs: 1 },
  latencies: new Map([
    [bucketOf(ms), quick],
    [bucketOf(100 * ms), slow],
  ]) as Histogram,
});

describe('goodput', () => {
  it('is every I/O without error where there is no objective', () => {
    const guests = [guestRecord(1, work(60, 40), null), guestRecord(2, work(100, 0, 10), null)];
    expect(goodputOf(guests)).toEqual({ goodput: 95, attainment: null, caveats: [] });
  });

  it('is every I/O within the objective of its own guest, less the errors', () => {
    const guests = [guestRecord(1, work(60, 40), 20 * ms), guestRecord(2, work(60, 40, 5), 200 * ms)];
    expect(guests.map(({ useful }) => useful)).toEqual([60, 95]);
    expect(goodputOf(guests)).toEqual({ goodput: 77.5, attainment: 155 / 200, caveats: [] });
  });

  it('is half an I/O in the slice where I/O completed but none in time, and says so', () => {
    const { goodput, attainment, caveats } = goodputOf([guestRecord(1, work(0, 40), 20 * ms)]);
    expect(goodput).toBe(0.25);
    expect(attainment).toBe(0);
    expect(caveats).toHaveLength(1);
  });

  it.each([null, 20 * ms])('is nothing where nothing completed, with the objective %s', (objectiveNs) => {
    expect(goodputOf([guestRecord(1, work(0, 0), objectiveNs)]).goodput).toBe(0);
    expect(goodputOf([guestRecord(1, work(4, 0, 4), objectiveNs)]).goodput).toBe(0);
  });

  it('cannot be told by an objective without a histogram', () => {
    const blind = { ...work(10, 0), latencies: undefined };
    expect(() => guestRecord(3, blind, 20 * ms)).toThrow(LoadError);
    expect(guestRecord(3, blind, null).useful).toBe(10);
  });

  it('of one guest is above zero, so that guests can be compared', () => {
    expect(guestGoodput({ useful: 0, elapsedMs: 2000 })).toBe(0.25);
    expect(guestGoodput({ useful: 50, elapsedMs: 2000 })).toBe(25);
  });
});

describe('the latency of a slice', () => {
  it('is that of all guests together', () => {
    const found = latencyQuantiles([new Map([[10, 98]]), new Map([[100, 2]])]);
    expect(found).toEqual({ p50: 10, p99: 100 });
  });

  it('is none where one guest has no histogram, or none has I/O', () => {
    expect(latencyQuantiles([new Map([[10, 98]]), undefined])).toBeNull();
    expect(latencyQuantiles([new Map()])).toBeNull();
  });
});
