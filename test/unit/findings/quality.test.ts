import { describe, expect, it } from 'vitest';
import { countedSlices, faultsOf, qualityOf, voidedBy } from '../../../agent/findings/quality.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';

const expected = { measureMs: 3000 };

/** A slice of guests that were measured for so long, with these measurements. */
function slice(elapsedMs: readonly number[], measurements: SliceRecord['measurements'] = {}): SliceRecord {
  return {
    ...{ version: 1, seq: 0, block: 0, arm: 'baseline', startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1 },
    ...{ goodput: 1000, attainment: null, latencyNs: null, junctions: [], caveats: [], voided: null, measurements },
    guests: elapsedMs.map((elapsed, i) => ({
      ...{
        guest: i + 1,
        elapsedMs: elapsed,
        ios: 1,
        bytes: 4096,
        errors: 0,
        meanLatencyNs: 1,
        useful: 1,
        objectiveNs: null,
      },
    })),
  };
}

describe('the faults of a slice', () => {
  it.each<[string, SliceRecord, readonly string[]]>([
    ['of the length asked for', slice([3000, 3010]), []],
    ['with one guest a good deal longer', slice([3010, 5900]), []],
    ['with one guest twice as long', slice([3010, 6010]), ['late']],
    ['in which every guest is nearly twice as long', slice([5900, 5990]), []],
    ['that is far too long for all: said once', slice([7000, 7000]), ['starved-agent']],
    ['without guests', slice([]), []],
    ['with clocks in step', slice([3000], { clock: { driftMs: -249 } }), []],
    ['with clocks apart', slice([3000], { clock: { driftMs: -251 } }), ['moved-host']],
    ['with clocks apart the other way', slice([3000], { clock: { driftMs: 251 } }), ['moved-host']],
    ['hardly throttled', slice([3000], { guests: { throttledPercent: 5 } }), []],
    ['throttled', slice([3000], { guests: { throttledPercent: 5.1 } }), ['throttled']],
    [
      'with several at once',
      slice([6600], { guests: { throttledPercent: 50 }, clock: { driftMs: 900 } }),
      ['starved-agent', 'moved-host', 'throttled'],
    ],
  ])('%s', (_, one, kinds) => {
    expect(faultsOf(one, expected).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('depend on the length that was asked for: what is long for a short slice is nothing for a long one', () => {
    expect(faultsOf(slice([1600]), { measureMs: 500 })).toMatchObject([{ kind: 'starved-agent' }]);
    expect(faultsOf(slice([1400]), { measureMs: 500 })).toEqual([]);
    expect(faultsOf(slice([20_400]), { measureMs: 20_000 })).toEqual([]);
  });

  it('say with figures what was wrong', () => {
    const found = faultsOf(slice([3000, 6600], { guests: { throttledPercent: 12 } }), expected);
    expect(voidedBy(found)).toEqual([
      { kind: 'late', elapsedMs: 6600, measureMs: 3000 },
      { kind: 'throttled', percent: 12 },
    ]);
    expect(voidedBy([])).toBeNull();
  });
});

describe('a run', () => {
  const of = (good: number, bad: number) => [
    ...Array.from({ length: good }, () => slice([3000])),
    ...Array.from({ length: bad }, () => ({
      ...slice([9000]),
      voided: [{ kind: 'starved-agent' as const, lateMs: 6000 }],
    })),
  ];

  it('counts the slices that are not void', () => {
    expect(countedSlices(of(3, 2))).toEqual(of(3, 0));
  });

  it.each<[number, number, boolean]>([
    [0, 0, false],
    [2, 2, false],
    [18, 2, false],
    [11, 3, true],
    [27, 3, false],
    [26, 3, true],
    [0, 3, true],
  ])('with %i good and %i void slices: too many void is %s', (good, bad, tooMany) => {
    expect(qualityOf(of(good, bad))).toEqual({ voided: bad, share: bad / Math.max(1, good + bad), tooMany });
  });
});
