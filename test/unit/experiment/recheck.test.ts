import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../agent/analysis/analyse.ts';
import { recheck } from '../../../agent/experiment/recheck.ts';
import type { SlicePlace } from '../../../agent/experiment/measure-slice.ts';
import type { SliceRecord } from '../../../agent/experiment/record.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { planOf } from '../report/documents.ts';

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

function slice({ seq, block, arm }: SlicePlace, goodput: number, voided: string | null = null): SliceRecord {
  return {
    ...{ version: 1, seq, block, arm: arm.id, startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1, goodput },
    ...{ attainment: null, latencyNs: null, guests: [], junctions: [], measurements: {}, caveats: [], voided },
  };
}

describe('measuring again at the end', () => {
  it('takes the named arm and the baseline, twice each', async () => {
    const slices: SliceRecord[] = [];
    await recheck({ plan, progress, recordRecheck: (one) => slices.push(one) }, named, (place) =>
      Promise.resolve(slice(place, 100)),
    );
    expect(slices.map(({ arm }) => arm).sort()).toEqual(['baseline', 'baseline', 'stub-ring', 'stub-ring']);
  });

  it('measures a void slice again, and takes one without any I/O for void', async () => {
    const slices: SliceRecord[] = [];
    await recheck({ plan, progress, recordRecheck: (one) => slices.push(one) }, named, (place) =>
      Promise.resolve(slice(place, place.arm.id === 'baseline' ? 100 : 0, place.seq === 0 ? 'a disturbance' : null)),
    );
    const counted = slices.filter(({ voided }) => voided === null);
    expect(counted.map(({ arm }) => arm)).toEqual(['baseline', 'baseline']);
    expect(slices.filter(({ voided }) => voided === 'no I/O completed').length).toBeGreaterThanOrEqual(5);
  });
});
