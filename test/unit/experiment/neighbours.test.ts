import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../agent/lib/fault.ts';
import { defaultNeighboursDesign } from '../../../agent/analysis/neighbours/design.ts';
import type { NeighboursObservation } from '../../../agent/analysis/neighbours/observation.ts';
import { runNeighbours } from '../../../agent/experiment/neighbours.ts';
import { whatCountsOfNeighbours } from '../../../agent/findings/neighbours.ts';
import type { NeighbourRecord } from '../../../agent/records/neighbours.ts';
import type { CapsPointRecord } from '../../../agent/records/caps.ts';
import { whatCountsOfCaps } from '../../../agent/findings/caps.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { seededRandom } from '../../../agent/lib/random.ts';

const profile = { guest: 'cgroup' } as const;

function slice(block: number, foreign: number, running: readonly number[] = [1]): SliceRecord {
  return {
    ...{ version: 1, seq: 0, block, arm: 'baseline', startedAt: '2026-01-02T03:04:05.678Z', switchMs: 1 },
    ...{ goodput: 1000, attainment: null, latencyNs: null, junctions: [], caveats: [], voided: null },
    guests: running.map((guest) => ({
      ...{ guest, elapsedMs: 1000, ios: 500, bytes: 1, errors: 0, meanLatencyNs: 1, useful: 500, objectiveNs: null },
    })),
    measurements: {
      cpu: { cpus: 2, userPercent: foreign },
      guests: { userPercentOfHost: 0 },
      agent: { userPercent: 0 },
    },
  };
}

async function neighbours(foreignAt: (index: number) => number, budgetSlices = 60, voided: Fault[] | null = null) {
  const records: NeighbourRecord[] = [];
  let running: readonly number[] = [];
  const design = defaultNeighboursDesign(2, { budgetSlices });
  let observations: readonly NeighboursObservation[] = [];
  await runNeighbours({
    ...{ design, profile, random: seededRandom(1), record: (one: NeighbourRecord) => void records.push(one) },
    recordBlock: (now) => void (observations = now),
    load: {
      ...{
        cgroup: '',
        snapshots: () => Promise.resolve([]),
        running: () => running,
        died: new Promise<never>(() => undefined),
      },
      ...{ stop: () => Promise.resolve(), notes: [], verifies: false },
      letRun: (guests) => Promise.resolve(void (running = guests)),
    },
    progress: {
      phase: () => undefined,
      told: () => undefined,
      sliceBegins: () => undefined,
      sliceEnds: () => undefined,
      standing: () => undefined,
    },
    measure: (seq, block) => Promise.resolve({ ...slice(block, foreignAt(seq), running), voided }),
  });
  return { design, records, observations, running };
}

describe('the guests against one another, beside other tenants', () => {
  it('are measured beside one that is always there, as without it', async () => {
    const [alone, beside] = [await neighbours(() => 0), await neighbours(() => 45)];
    expect(beside.observations).toEqual(alone.observations);
    expect(beside.observations).toHaveLength(beside.records.length);
    expect(beside.running).toEqual([1, 2]);
  });

  it('leave out the slices of a burst, and what they leave out follows from what is kept', async () => {
    const { design, records, observations } = await neighbours((index) => (index === 5 ? 70 : 10));
    expect(observations).toHaveLength(records.length - 1);
    expect(whatCountsOfNeighbours(design, profile, records).observations).toEqual(observations);
  });

  it('use their budget, and no more, where nothing counts', async () => {
    const { records, observations } = await neighbours(() => 5, 30, [{ kind: 'starved-agent', lateMs: 1200 }]);
    expect(observations).toEqual([]);
    expect(records.length).toBeGreaterThan(24);
    expect(records.length).toBeLessThanOrEqual(30);
  });
});

describe('the points of the cap probe', () => {
  const design = {
    ...{
      layers: ['ring'] as const,
      media: false,
      guests: 2,
      delayNs: 1e7,
      maxDepth: 64,
      alpha: 0.05,
      budgetPoints: 40,
    },
  };
  const point = (visit: number, depth: number, foreign: number): CapsPointRecord => ({
    ...{ visit, depth, subject: 'ring', delay: 'full', guests: 2 },
    slice: slice(0, foreign),
  });
  const records = [1, 2, 3, 4].flatMap((depth) => [
    point(depth, depth, 20),
    point(depth, depth, 22),
    point(depth, depth, 19),
  ]);

  it('count beside a tenant that is always there, and others less as the load grows', () => {
    expect(whatCountsOfCaps(design, profile, records).observations).toHaveLength(records.length);
    const growing = records.map((one) => ({ ...one, slice: slice(0, 50 - 10 * one.depth) }));
    expect(whatCountsOfCaps(design, profile, growing).observations).toHaveLength(records.length);
  });

  it('do not count where they stand apart in their visit, and take their part of the budget', () => {
    const told = whatCountsOfCaps(design, profile, [...records, point(4, 4, 75)]);
    expect(told.observations).toHaveLength(records.length);
    expect(told.observations[0]).toEqual({
      ...{ visit: 1, depth: 1, subject: 'ring', delay: 'full', guests: 2, goodput: 1000 },
    });
    expect(told.design.budgetPoints).toBe(39);
  });
});
