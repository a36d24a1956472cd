import { describe, expect, it } from 'vitest';
import { borderFactors, bordersKnown, type Counted, doubtsOfCounts } from '../../../agent/experiment/borders.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import type { SliceCaveat } from '../../../agent/records/caveat.ts';

const guest = (bytes: number, elapsedMs = 1000, changes: Partial<Counted> = {}): Counted => ({
  ...{ guest: 1, elapsedMs, ios: 1, bytes, failed: 0, meanLatencyNs: 1 },
  ...changes,
});
const junction = (layer: Layer, bytesPerSecond: number) => ({
  ...{ layer, bytesPerSecond },
  ...{ guest: 1, iosPerSecond: 1, meanLatencyNs: 1 },
});

const disagree = (percent: number): SliceCaveat => ({
  kind: 'counts-disagree',
  apartPercent: expect.closeTo(percent, 2) as number,
});

describe('the bytes that fio and the junctions count', () => {
  it.each<[string, readonly number[], readonly number[], readonly SliceCaveat[]]>([
    ['the same', [1000, 1000], [1000, 1000], []],
    ['within two per cent', [1000, 1000], [1019, 1019], []],
    ['further apart', [1000, 1000], [1050, 1050], [disagree(4.76)]],
    ['further apart, the other way', [1050], [1000], [disagree(4.76)]],
    ['apart in each guest, the same in sum', [1000, 2000], [2000, 1000], []],
    ['none at the junctions', [1000], [0], [disagree(100)]],
    ['not to be had at the junctions', [1000], [], [{ kind: 'no-junction-counters' }]],
    ['none at fio', [0], [1000], [disagree(100)]],
    ['none at all', [0], [0], [{ kind: 'no-io' }]],
  ])('are %s', (_, fio, junctions, caveats) => {
    const passed = junctions.map((bytes) => junction('ring', bytes));
    expect(
      doubtsOfCounts(
        fio.map((bytes) => guest(bytes)),
        passed,
      ),
    ).toEqual(caveats);
  });

  it('are compared at the top of the stack alone, a second', () => {
    const passed = [junction('media', 9999), junction('ring', 1000)];
    expect(doubtsOfCounts([guest(500, 500)], passed)).toEqual([]);
  });
});

describe('the bytes of I/O that was in flight at the borders', () => {
  // 20 rounds of 64, each of 150 ms: fio answers after the next round is through, or before.
  const rounds = (count: number) => guest(count * 64 * 4096, 3000, { ios: count * 64, meanLatencyNs: 150e6 });

  it('may be missing on either side, one round of it', () => {
    const passed = [junction('ring', (20 * 64 * 4096) / 3)];
    expect(doubtsOfCounts([rounds(21)], passed)).toEqual([]);
    expect(doubtsOfCounts([rounds(19)], passed)).toEqual([]);
    expect(doubtsOfCounts([rounds(22)], passed)).toEqual([disagree(9.09)]);
  });

  it('are little where an I/O is quick', () => {
    const quick = guest(1050, 1000, { ios: 1000, meanLatencyNs: 1000 });
    expect(doubtsOfCounts([quick], [junction('ring', 1000)])).toHaveLength(1);
  });

  it('are as many as fio and the failed I/Os say: those passed the junctions as well', () => {
    const half = guest(500, 1000, { ios: 500, failed: 500, meanLatencyNs: 1000 });
    expect(doubtsOfCounts([half], [junction('ring', 1000)])).toEqual([]);
  });
});

describe('what a count is multiplied by', () => {
  const of = (number: number, bytes: number) =>
    guest(bytes, 1000, { guest: number, ios: 100, meanLatencyNs: 50e6, failed: 0 });
  const top = (number: number, bytes: number, bordersShare?: number) => ({
    ...junction('ring', bytes),
    guest: number,
    ...(bordersShare === undefined ? {} : { bordersShare }),
  });

  it('is what the guest’s own junction passed, parts of I/Os at its borders too, over what fio counted', () => {
    const guests = [of(1, 1000), of(2, 1000)];
    const found = borderFactors(guests, [junction('media', 9e9), top(1, 1000, 0.03), top(2, 980, -0.01)]);
    expect(found[0]).toBeCloseTo(1.03);
    expect(found[1]).toBeCloseTo(0.98 * 0.99);
    expect(bordersKnown(guests, [top(1, 1000, 0.03), top(2, 980, -0.01)])).toBe(true);
  });

  it('is the same for all guests above a shared junction', () => {
    const [one, two] = borderFactors([of(1, 1000), of(2, 3000)], [top(0, 4000, 0.02)]);
    expect(one).toBeCloseTo(1.02);
    expect(two).toBe(one);
  });

  it.each([
    ['counts other I/O than fio, as above a mirror', [top(1, 2000, 0)]],
    ['has no counters of what is in flight', [top(1, 1000)]],
    ['is missing', []],
    ['passed nothing', [top(1, 0, 0)]],
  ])('is one where the junction %s', (_, junctions) => {
    expect(borderFactors([of(1, 1000)], junctions)).toEqual([1]);
    expect(bordersKnown([of(1, 1000)], junctions)).toBe(false);
  });

  // As seen above a ring with two commands in flight for each guest, over 250 ms: 128 were asked for, of which most had waited since
  // before the slice. Little's law gave 1.78 there, and 0.51 in a slice after one of half the delay.
  it.each([0.66, -0.5])('is one where I/Os wait for longer than the slice lasts (parts of %d)', (share) => {
    const waiting = guest(30 * 4096, 3982, { ios: 30, meanLatencyNs: 10e9 });
    const passed = [{ ...junction('ring', (30 * 4096) / 3.982), bordersShare: share }];
    expect(borderFactors([waiting], passed)).toEqual([1]);
    // A longer slice would know.
    expect(bordersKnown([waiting], passed)).toBe(true);
  });

  it('is one where fio counted nothing', () => {
    expect(borderFactors([of(1, 0)], [top(1, 1000, 0)])).toEqual([1]);
  });
});
