import { describe, expect, it } from 'vitest';
import { measureBlocks } from '../../../agent/experiment/blocks.ts';
import type { SlicePlace } from '../../../agent/experiment/measure-slice.ts';
import type { Pace } from '../../../agent/experiment/progress.ts';
import type { SliceRecord } from '../../../agent/experiment/record.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { type Plan, withPilot } from '../../../agent/plan/plan.ts';
import { planOf } from '../report/documents.ts';

const layers: readonly Layer[] = ['media', 'ring'];

function slice({ seq, block, arm }: SlicePlace, voided: string | null): SliceRecord {
  const goodput = (arm.stubbed.includes('ring') ? 300 : 100) * (1 + 0.01 * Math.sin(7 * seq));
  return {
    ...{ version: 1, seq, block, arm: arm.id, startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1, goodput },
    ...{ attainment: null, latencyNs: null, guests: [], junctions: [], measurements: {}, caveats: [], voided },
  };
}

async function run(plan: Plan, isVoid: (seq: number) => boolean = () => false) {
  const paces: Pace[] = [];
  const slices: SliceRecord[] = [];
  const ignore = (): void => undefined;
  const progress = {
    ...{ phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore },
    standing: (_: unknown, pace: Pace) => void paces.push(pace),
  };
  const record = (one: SliceRecord): void => void slices.push(one);
  const measured = await measureBlocks({ plan, record, progress }, (place) =>
    Promise.resolve(slice(place, isVoid(place.seq) ? 'a disturbance' : null)),
  );
  return { ...measured, paces, slices };
}

describe('measuring blocks', () => {
  it('promises at the pace that the pilot has left', async () => {
    const plan = withPilot(planOf(layers), { settleMs: 3000, spentMs: 12_000 });
    const { analysis, paces } = await run(plan);
    expect(analysis.verdict).toMatchObject({ kind: 'lever', layer: 'ring' });
    const secondsPerSlice = (3000 + plan.measureMs + 500) / 1000;
    expect(paces[0]).toEqual({ budgetSlices: plan.design.budgetSlices, secondsPerSlice });
  });

  it('measures a void slice again in the next block, and leaves it out of the verdict', async () => {
    const { analysis, slices } = await run(planOf(layers), (seq) => seq === 1);
    const [, lost] = slices;
    const times = (block: number): number =>
      slices.filter((one) => one.block === block && one.arm === lost?.arm).length;
    expect(times(1)).toBe(times(0) + 1);
    expect(analysis.slices).toBe(slices.length - 1);
  });

  it('ends when more than one slice in ten is void', async () => {
    const { analysis, slices } = await run(planOf(layers), (seq) => seq % 2 === 0);
    expect(analysis.decided).toBe(false);
    expect(slices.length).toBeLessThan(15);
  });
});
