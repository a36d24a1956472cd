import { describe, expect, it } from 'vitest';
import {
  endedOf,
  goodputOf,
  guestGoodput,
  guestRecord as recordOf,
  latencyQuantiles,
} from '../../../agent/findings/goodput.ts';
import type { Work } from '../../../agent/load/fio-output.ts';
import { LoadError } from '../../../agent/lib/errors.ts';
import { bucketOf } from '../../../agent/load/histogram.ts';

const ms = 1_000_000;

/** So many I/Os of 1 ms and so many of 100 ms in two seconds. */
const work = (quick: number, slow: number, errors = 0, failed = 0): Work => ({
  ...{ elapsedMs: 2000, ios: quick + slow, bytes: 0, errors, issued: quick + slow + failed, meanLatencyNs: 1 },
  latencies: new Map([
    [bucketOf(ms), quick],
    [bucketOf(100 * ms), slow],
  ]),
});

/** Of a load that checks what it reads. */
const guestRecord = (guest: number, given: Work, objectiveNs: number | null) =>
  recordOf(guest, given, { objectiveNs, verifies: true });

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

  it.each([
    ['failed, and were never counted', false, 90, 10, 10, 90],
    ['failed, all of them', false, 0, 50, 50, 0],
    ['failed, in a load that checks its data', true, 90, 10, 10, 90],
    ['failed, one that was in flight among them', true, 90, 10, 11, 90],
    ['came back damaged, and were counted', true, 100, 10, 0, 90],
    ['failed or came back damaged', true, 90, 15, 10, 85],
  ])('takes nothing off twice where I/Os %s', (_, verifies, counted, errors, failed, useful) => {
    const guest = recordOf(1, work(counted, 0, errors, failed), { objectiveNs: null, verifies });
    expect(guest).toMatchObject({ ios: counted, errors, useful });
    expect(endedOf(guest)).toBe(counted + Math.min(errors, failed));
    expect(goodputOf([guest]).goodput).toBe(useful / 2);
  });

  it('is within the objective for a share of all that ended, failed I/O too', () => {
    const guest = recordOf(1, work(60, 20, 20, 20), { objectiveNs: 20 * ms, verifies: false });
    expect(goodputOf([guest])).toMatchObject({ goodput: 30, attainment: 0.6 });
  });

  it('counts I/O in flight at the borders as the part that lies within', () => {
    const guest = { ...guestRecord(1, work(60, 40), 20 * ms), borderFactor: 1.05 };
    expect(goodputOf([guest])).toMatchObject({ goodput: 31.5, attainment: 0.6 });
    expect(guestGoodput(guest)).toBe(31.5);
  });

  it('is half an I/O in the slice where I/O completed but none in time, and says so', () => {
    const { goodput, attainment, caveats } = goodputOf([guestRecord(1, work(0, 40), 20 * ms)]);
    expect(goodput).toBe(0.25);
    expect(attainment).toBe(0);
    expect(caveats).toEqual([{ kind: 'none-in-objective' }]);
  });

  it.each([null, 20 * ms])('is nothing where nothing completed, with the objective %s', (objectiveNs) => {
    expect(goodputOf([guestRecord(1, work(0, 0), objectiveNs)]).goodput).toBe(0);
    expect(goodputOf([guestRecord(1, work(4, 0, 4), objectiveNs)]).goodput).toBe(0);
    expect(goodputOf([guestRecord(1, work(0, 0, 4, 4), objectiveNs)]).goodput).toBe(0);
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
