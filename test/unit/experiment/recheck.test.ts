import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../agent/lib/fault.ts';
import { analyse, type Analysis } from '../../../agent/analysis/verdict/analyse.ts';
import { recheck } from '../../../agent/experiment/recheck.ts';
import type { SlicePlace } from '../../../agent/experiment/measure-slice.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { planOf } from '../../support/documents.ts';

const layers: readonly Layer[] = ['media', 'ring'];
const plan = planOf(layers);
const named: Analysis = {
  ...analyse(plan.design, []),
  verdict: { kind: 'lever', layer: 'ring', lift: { estimate: 2, low: 1.9, high: 2.1 } },
};
const progress = { phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore, standing: ignore };

function ignore(): void {
  // Not shown.
}

function slice({ seq, block, arm }: SlicePlace, goodput: number, voided: Fault[] | null = null): SliceRecord {
  return {
    ...{ version: 1, seq, block, arm: arm.id, startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1, goodput },
    ...{ attainment: null, latencyNs: null, guests: [], junctions: [], measurements: {}, caveats: [], voided },
  };
}

async function checked(untilMs: number, goodput: (place: SlicePlace) => SliceRecord): Promise<readonly SliceRecord[]> {
  const slices: SliceRecord[] = [];
  const recordRecheck = (one: SliceRecord): unknown => slices.push(one);
  const measured = { analysis: named, served: [] };
  await recheck({ plan, progress, recordRecheck }, measured, untilMs, (place) => Promise.resolve(goodput(place)));
  return slices;
}

/** Of the named arm; that of the baseline is 100. */
const lifted = (rate: (seq: number) => number) => (place: SlicePlace) =>
  slice(place, place.arm.id === 'baseline' ? 100 : rate(place.seq));

describe('measuring again at the end', () => {
  it.each([
    ['still there', 200],
    ['gone', 101],
  ])('takes the named arm and the baseline twice each where the lift is clearly %s', async (_, rate) => {
    const slices = await checked(
      Infinity,
      lifted(() => rate),
    );
    expect(slices.map(({ arm }) => arm).sort()).toEqual(['baseline', 'baseline', 'stub-ring', 'stub-ring']);
    expect(slices.map(({ block }) => block)).toEqual([0, 0, 1, 1]);
  });

  it('adds pairs where it is not clear, eight in all', async () => {
    expect(
      await checked(
        Infinity,
        lifted((seq) => (seq % 4 < 2 ? 90 : 230)),
      ),
    ).toHaveLength(16);
  });

  it('adds none for which there is no time', async () => {
    expect(
      await checked(
        0,
        lifted((seq) => (seq % 4 < 2 ? 90 : 230)),
      ),
    ).toHaveLength(4);
  });

  it('measures a void slice again, and takes one without any I/O for void', async () => {
    const slices = await checked(0, (place) =>
      slice(
        place,
        place.arm.id === 'baseline' ? 100 : 0,
        place.seq === 0 ? [{ kind: 'recorded', text: 'a disturbance' }] : null,
      ),
    );
    const counted = slices.filter(({ voided }) => voided === null);
    expect(counted.map(({ arm }) => arm)).toEqual(['baseline', 'baseline']);
    expect(slices.filter(({ voided }) => voided?.[0]?.kind === 'no-io').length).toBeGreaterThanOrEqual(5);
  });
});
