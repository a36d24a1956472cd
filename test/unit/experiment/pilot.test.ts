import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settleOf } from '../../../agent/analysis/settle/settle.ts';
import { type PilotRecord, pilotSchema, planAfter } from '../../../agent/records/pilot.ts';
import { afterPilot, type PilotResult } from '../../../agent/experiment/pilot.ts';
import { dryHost } from '../../../agent/host/dry.ts';
import type { Host } from '../../../agent/host/host.ts';
import { LoadError, UnsteadyError } from '../../../agent/lib/errors.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import type { Load } from '../../../agent/load/drive.ts';
import type { Plan } from '../../../agent/plan/plan.ts';
import type { Stack } from '../../../agent/stack/raise.ts';
import { raiseOnPaper, sections } from '../../support/dry-stack.ts';
import { planOf } from '../../support/documents.ts';

const layers: readonly Layer[] = ['media', 'ring'];
const given = planOf(layers);
const plan: Plan = {
  ...given,
  profile: { ...given.profile, experiment: { ...given.profile.experiment, settle: 'pilot' } },
};

/** I/Os a second, as deployed and with the ring stubbed. */
const [deployed, stubbed] = [400, 1000];

/** A host on which goodput follows the switches of some layers with a time constant, which may change from switch to switch. */
function hostWith(stack: Stack, tauMs: (switches: number) => number, follows: readonly Layer[]): Host {
  let switches = 0;
  let now = { atMs: performance.now(), rate: deployed, target: deployed, count: 0 };
  const advance = (): void => {
    const passed = performance.now() - now.atMs;
    const tau = tauMs(switches);
    const left = Math.exp(-passed / tau);
    const count = now.count + (now.target * passed + (now.rate - now.target) * tau * (1 - left)) / 1000;
    now = { ...now, atMs: performance.now(), rate: now.target + (now.rate - now.target) * left, count };
  };
  return {
    ...dryHost(),
    apply: (step) => {
      advance();
      if (step.kind === 'dm-swap' && follows.some((layer) => step.why.includes(layer))) {
        const target = step.why.endsWith('stub') ? stubbed : deployed;
        if (target !== now.target) switches++;
        now = { ...now, target };
      }
      return Promise.resolve('');
    },
    read: (path) => {
      advance();
      if (path !== '/proc/diskstats') return Promise.resolve(undefined);
      const line = (device: string) => `252 0 ${device.replace('/dev/', '')} ${Math.floor(now.count / 2)} 0 0 0 0 0 0`;
      return Promise.resolve(stack.lanes.map(({ device }) => line(device)).join('\n'));
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

const steady: Load = {
  cgroup: '/sys/fs/cgroup/layerlift-abcdef',
  verifies: false,
  running: () => [1, 2],
  died: new Promise<never>(() => undefined),
  snapshots: () => Promise.resolve([]),
  letRun: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

interface Made {
  readonly plan: Plan | undefined;
  readonly failure: unknown;
  readonly pilots: readonly PilotRecord[];
  readonly tookMs: number;
}

async function pilot(
  tauMs: (switches: number) => number,
  options: { plan?: Plan; load?: Load; follows?: readonly Layer[] } = {},
): Promise<Made> {
  const { stack } = await raiseOnPaper({ stack: [sections.media, sections.ring], guests: 2 });
  const pilots: PilotRecord[] = [];
  const progress = { phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore, standing: ignore };
  const experiment: PilotResult = {
    plan: options.plan ?? plan,
    progress,
    recordPilot: (made) => void pilots.push(made),
  };
  const started = performance.now();
  let tookMs = 0;
  const run = afterPilot(hostWith(stack, tauMs, options.follows ?? ['ring']), experiment, {
    stack,
    load: options.load ?? steady,
  })
    .then(
      (after) => ({ plan: after.plan, failure: undefined }),
      (failure: unknown) => ({ plan: undefined, failure }),
    )
    .finally(() => (tookMs = performance.now() - started));
  await vi.advanceTimersByTimeAsync(60_000);
  return { ...(await run), pilots, tookMs };
}

function ignore(): void {
  // Not shown.
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the pilot', () => {
  it('gives all slices the time that the slowest layer needs, in at most 6 s a layer', async () => {
    const { plan: after, tookMs, pilots } = await pilot(() => 400);
    expect((after?.settleMs ?? 0) / 1600).toBeCloseTo(1, 0.8);
    expect(tookMs).toBeLessThanOrEqual(12_000);
    expect(pilots).toHaveLength(1);
    expect(pilots[0]?.legs.map(({ layer, to }) => `${layer} ${to}`)).toEqual([
      ...['media stub', 'media deployed', 'ring stub', 'ring deployed'],
    ]);
  });

  it('leaves slices to what is left of the budget', async () => {
    const { plan: after, tookMs } = await pilot(() => 20);
    expect(after?.settleMs).toBe(500);
    expect(after?.design.budgetSlices).toBe(Math.floor((plan.budgetMs - tookMs) / 4000));
  });

  it('is refused, naming the layer and what to do, where goodput takes longer than slices can wait', async () => {
    const { failure, pilots } = await pilot(() => 1100);
    expect(failure).toBeInstanceOf(UnsteadyError);
    expect(String(failure)).toMatch(/after ring is switched .*time constant 1\.\d+ s.*settle: 5s.*measure: 15s/);
    const record = pilotSchema.parse(JSON.parse(JSON.stringify(pilots[0])));
    expect(settleOf(record.legs).kind).toBe('refused');
    expect(record.legs.filter(({ layer, to }) => layer === 'ring' && to === 'stub')).toHaveLength(4);
  });

  it('looks twice before all slices of a run wait for long', async () => {
    const slowOnce = await pilot((switches) => (switches === 1 ? 600 : 100));
    expect(slowOnce.plan?.settleMs).toBe(500);
    expect(slowOnce.pilots[0]?.legs).toHaveLength(6);
    const slowTwice = await pilot(() => 600);
    expect((slowTwice.plan?.settleMs ?? 0) / 2400).toBeCloseTo(1, 0.8);
    expect(slowTwice.pilots[0]?.legs).toHaveLength(6);
  });

  it('believes a layer that was slow once and quick the second time', async () => {
    const { plan: after, pilots } = await pilot((switches) => (switches === 1 ? 1500 : 100));
    expect(after?.settleMs).toBe(500);
    expect(pilots[0]?.legs.map(({ layer }) => layer)).toEqual(['media', 'media', 'ring', 'ring', 'ring', 'ring']);
  });

  it('believes a layer that something else made look slow three times', async () => {
    const { plan: after, pilots } = await pilot((switches) => (switches < 7 ? 1500 : 100));
    expect(after?.settleMs).toBe(500);
    expect(pilots[0]?.legs).toHaveLength(10);
  });

  it('believes so of each of two layers', async () => {
    const slowAtFirst = (switches: number): number => ({ 1: 1500, 3: 1300 })[switches] ?? 100;
    const { plan: after, pilots } = await pilot(slowAtFirst, { follows: layers });
    expect(after?.settleMs).toBe(500);
    expect(pilots[0]?.legs.filter(({ to }) => to === 'stub').map(({ layer }) => layer)).toEqual([
      ...['media', 'ring', 'media', 'ring'],
    ]);
  });

  it('is left out where the profile gives a time, and for a cold run', async () => {
    for (const one of [given, { ...plan, cold: true }]) {
      const { plan: after, tookMs, pilots } = await pilot(() => 400, { plan: one });
      expect(after).toBe(one);
      expect([tookMs, pilots.length]).toEqual([0, 0]);
    }
  });

  it('ends with the load', async () => {
    const died = Promise.reject(new LoadError('fio of guest 1 ended'));
    died.catch(ignore);
    expect((await pilot(() => 400, { load: { ...steady, died } })).failure).toBeInstanceOf(LoadError);
  });
});

describe('what the pilot leaves of the plan', () => {
  const leg = (to: 'stub' | 'deployed', latencyMs?: number): PilotRecord['legs'][number] => ({
    ...{ layer: 'ring', to, switchMs: 1, completions: { atMs: [], ios: [] } },
    ...(latencyMs === undefined ? {} : { latencyNs: latencyMs * 1e6 }),
  });
  const record = (legs: PilotRecord['legs'], bordersKnown?: boolean): PilotRecord => ({
    ...{ version: 1, spentMs: 12_000, legs },
    ...(bordersKnown === undefined ? {} : { bordersKnown }),
  });

  it('is slices of ten I/Os as deployed, of thirty where the junctions do not count the guests’ own', () => {
    const legs = [leg('stub', 9000), leg('deployed', 400), leg('deployed', 420), leg('deployed', 5000)];
    expect(planAfter(plan, record(legs, true))).toMatchObject({ latencyMs: 420, measureMs: 4200 });
    const whole = planAfter(plan, record(legs, false));
    expect(whole).toMatchObject({ latencyMs: 420, measureMs: 12_600 });
    expect(whole.design.budgetSlices).toBeLessThan(planAfter(plan, record(legs, true)).design.budgetSlices);
  });

  it('is the slices of the profile where I/O is quick, or where it was not seen', () => {
    expect(planAfter(plan, record([leg('deployed', 0.3)], false)).measureMs).toBe(3000);
    const unseen = planAfter(plan, record([leg('stub', 400), leg('deployed')]));
    expect(unseen.measureMs).toBe(3000);
    expect(unseen).not.toHaveProperty('latencyMs');
  });
});
