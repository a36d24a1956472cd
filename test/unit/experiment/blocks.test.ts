import { describe, expect, it } from 'vitest';
import { analyse } from '../../../agent/analysis/verdict/analyse.ts';
import { measureBlocks } from '../../../agent/experiment/blocks.ts';
import { whatCounts } from '../../../agent/findings/counted.ts';
import { loadFactsOf } from '../../../agent/findings/load-facts.ts';
import type { SlicePlace } from '../../../agent/experiment/measure-slice.ts';
import type { Pace } from '../../../agent/experiment/progress.ts';
import { countedSlices } from '../../../agent/findings/quality.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import type { Fault } from '../../../agent/lib/fault.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { type Plan, withPilot } from '../../../agent/plan/plan.ts';
import { planOf } from '../../support/documents.ts';

const layers: readonly Layer[] = ['media', 'ring'];

function slice({ seq, block, arm }: SlicePlace, voided: Fault[] | null): SliceRecord {
  const goodput = (arm.stubbed.includes('ring') ? 300 : 100) * (1 + 0.01 * Math.sin(7 * seq));
  return {
    ...{ version: 1, seq, block, arm: arm.id, startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1, goodput },
    ...{ attainment: null, latencyNs: null, guests: [], junctions: [], measurements: {}, caveats: [], voided },
  };
}

async function run(
  plan: Plan,
  isVoid: (seq: number) => boolean = () => false,
  more: (seq: number) => Partial<SliceRecord> = () => ({}),
) {
  const paces: Pace[] = [];
  const slices: SliceRecord[] = [];
  const ignore = (): void => undefined;
  const progress = {
    ...{ phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore },
    standing: (_: unknown, pace: Pace) => void paces.push(pace),
  };
  const record = (one: SliceRecord): void => void slices.push(one);
  const measured = await measureBlocks({ plan, record, progress }, (place) =>
    Promise.resolve({
      ...slice(place, isVoid(place.seq) ? [{ kind: 'recorded', text: 'a disturbance' }] : null),
      ...more(place.seq),
    }),
  );
  return { ...measured, plan, paces, slices };
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

  it('goes on while more than one slice in ten is void, until its budget is used', async () => {
    const { plan, analysis, slices } = await run(planOf(layers, 60), (seq) => seq % 2 === 0);
    expect(slices.length).toBeGreaterThan(60 - 6);
    expect(slices.length).toBeLessThanOrEqual(60);
    expect(loadFactsOf(slices, plan).void).toMatchObject({ count: slices.length / 2, tooMany: true });
    expect(analysis.verdict.kind).toBe('lever');
  });

  it('ends with its verdict once enough slices count after a bad beginning', async () => {
    const { analysis, slices } = await run(planOf(layers), (seq) => seq < 4);
    expect(analysis.verdict).toMatchObject({ kind: 'lever', layer: 'ring' });
    expect(slices.length).toBeGreaterThanOrEqual(40);
    expect(slices.length).toBeLessThan(60);
  });

  it('ends at once where a guest is held back by its own cpu.max in each slice', async () => {
    const held = {
      measurements: { guests: { throttledPercent: 60 } },
      voided: [{ kind: 'throttled' as const, percent: 60 }],
    };
    const { slices } = await run(
      planOf(layers),
      () => false,
      () => held,
    );
    expect(slices.length).toBeLessThan(8);
  });

  it('decides from the folder as it decided live, whatever others did meanwhile', async () => {
    const beside = (foreign: number) => ({
      measurements: {
        cpu: { cpus: 2, userPercent: foreign },
        guests: { userPercentOfHost: 0 },
        agent: { userPercent: 0 },
      },
    });
    const tenants: readonly ((seq: number) => number)[] = [
      () => 45,
      (seq) => (seq === 5 ? 70 : 10),
      (seq) => (seq % 7 < 2 ? 60 : 10),
      (seq) => (seq < 9 ? 60 : 5),
      (seq) => 5 + seq,
    ];
    for (const tenant of tenants) {
      const { plan, analysis, slices } = await run(
        planOf(layers, 80),
        () => false,
        (seq) => beside(tenant(seq)),
      );
      const told = whatCounts(plan, slices);
      expect(analyse(told.design, told.observations)).toEqual(analysis);
      expect(slices.every(({ voided }) => voided === null)).toBe(true);
      expect(analysis.verdict).toMatchObject({ kind: 'lever', layer: 'ring' });
    }
  });

  it('asks again for an arm of which nothing counts any more', async () => {
    const others = (seq: number): number => (seq < 6 ? 60 : 5);
    const { plan, slices } = await run(
      planOf(layers),
      (seq) => seq < 6,
      (seq) => ({ measurements: {}, voided: others(seq) > 50 ? [{ kind: 'recorded', text: 'a burst' }] : null }),
    );
    const counted = new Set(countedSlices(whatCounts(plan, slices).slices).map(({ arm }) => arm));
    expect(counted).toEqual(new Set(slices.map(({ arm }) => arm)));
  });
});
