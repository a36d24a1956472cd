import { describe, expect, it } from 'vitest';
import { analyse } from '../../../agent/analysis/verdict/analyse.ts';
import { outsideCaveats, withOutside } from '../../../agent/analysis/revise/outside.ts';
import { loadFactsOf } from '../../../agent/findings/load-facts.ts';
import { ownLimitsOf } from '../../../agent/findings/own-limits.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import type { Demand } from '../../../agent/lib/own-limit.ts';
import { defaultImpact } from '../../../agent/plan/impact.ts';
import type { Plan } from '../../../agent/plan/plan.ts';
import type { GuestLimits } from '../../../agent/profile/profile.ts';
import { outsideWords } from '../../../agent/report/words/outside.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';
import { buildDocument } from '../../../agent/report/document/document.ts';
import { type OwnHost, simulateOwn } from '../../support/own-limits-simulator.ts';
import { inputOf, planOf, runs } from '../../support/documents.ts';

const stack: readonly Layer[] = ['media', 'network'];
const healthy = { media: [0.2, 0.19], network: [2.1, 2.09] } as const;
const slow = { media: [20, 0.1], network: [2, 1.9] } as const;

const riops = (most: number): GuestLimits => ({ ioMax: { riops: most } });
function planWith(guests: readonly GuestLimits[], more: Partial<Plan> = {}): Plan {
  const plan = planOf(stack);
  return {
    ...plan,
    ...more,
    profile: { ...plan.profile, guests, workload: { rw: 'randread', bs: 4096, iodepth: 2, ioengine: 'libaio' } },
  };
}
const three = (one: GuestLimits): readonly GuestLimits[] => [one, one, one];
const host = (change: Partial<OwnHost>): OwnHost => ({
  ...{ layers: healthy, most: [120, 120, 120], depth: 2, how: 'waits', noise: 0.02, seed: 1, blocks: 4 },
  ...change,
});

function read(plan: Plan, slices: readonly SliceRecord[]) {
  const facts = loadFactsOf(slices, plan);
  const analysis = withOutside(analyse(plan.design, slices), stack, facts);
  return { analysis, verdict: analysis.verdict, caveats: outsideCaveats(analysis, stack, facts) };
}
function wordsOf(plan: Plan, slices: readonly SliceRecord[]) {
  const { analysis, caveats } = read(plan, slices);
  return buildDocument({ ...inputOf(runs.none), plan, slices, analysis, caveats });
}

describe('guests at their own io.max on a healthy stack', () => {
  it.each([0.02, 0.1, 0.2])('are the limit, named with its value and whose it is, at a noise of %s', (noise) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { verdict } = read(planWith(three(riops(120))), simulateOwn(host({ noise, seed })));
      expect(verdict).toMatchObject({
        ...{ kind: 'outside', limit: 'io-max' },
        met: [{ kind: 'io-max', value: 'riops=120', by: 'profile', guests: [1, 2, 3] }],
      });
    }
  });

  it('are told in the report, with the time that an I/O waits above the stack, and what to change', () => {
    const { sentence, next } = wordsOf(planWith(three(riops(120))), simulateOwn(host({ noise: 0 })));
    expect(sentence).toBe(
      'The limit lies outside the stack: guests 1 to 3 stand at their own io.max (riops=120), as deployed and with every layer stubbed; as deployed an I/O takes 16.7 ms, of which the stack takes 2.3 ms.',
    );
    expect(next).toBe("Next: raise the guests' io.max, `guests.ioMax` in the profile, and repeat.");
  });

  it("of the run's own --max-impact are told so", () => {
    const impact = { io: { riops: 360 } };
    const { sentence, next } = wordsOf(planWith(three(riops(120)), { impact }), simulateOwn(host({})));
    expect(sentence).toContain('(riops=120 each, by --max-impact)');
    expect(next).toContain('`--max-impact`');
    const tighter = planWith(three(riops(120)), { impact: { io: { riops: 3600 } } });
    expect(wordsOf(tighter, simulateOwn(host({}))).next).toContain('`guests.ioMax` in the profile');
    expect(defaultImpact.io).toEqual({});
  });

  it('of three different ones are told apart, and one guest without a limit is told of too', () => {
    const guests = [riops(120), riops(60), {}];
    const { verdict } = read(planWith(guests), simulateOwn(host({ most: [120, 60, undefined] })));
    expect(verdict.kind === 'outside' && outsideWords(verdict)).toMatch(
      /^guest 1 stands at its own io.max \(riops=120\); guest 2 stands at its own io.max \(riops=60\), .*; guest 3 keeps all in flight that it may \(iodepth 2\)$/,
    );
  });

  it('is known for reads, writes and bytes alike, and from records that do not tell reads from writes', () => {
    const slices = simulateOwn(host({}));
    const bytes = read(planWith(three({ ioMax: { rbps: 120 * 4096 } })), slices).verdict;
    expect(bytes).toMatchObject({ limit: 'io-max', met: [{ value: 'rbps=480KiB' }] });
    expect(read(planWith(three({ ioMax: { wiops: 120 } })), slices).verdict).not.toMatchObject({ limit: 'io-max' });
    const old = slices.map((slice) => ({
      ...slice,
      guests: slice.guests.map(({ reads, ...one }) => ({ ...one, had: reads?.ios })),
    }));
    expect(read(planWith(three(riops(120))), old).verdict).toMatchObject({ limit: 'io-max' });
  });
});

describe('a limit that does not hold the guests back', () => {
  it('is not named where they stand at 80 % of it', () => {
    for (const noise of [0.02, 0.1, 0.2]) {
      for (let seed = 1; seed <= 20; seed++) {
        // Two in flight at 2.35 ms are 851 a second.
        const { verdict } = read(
          planWith(three(riops(1064))),
          simulateOwn(host({ most: [1064, 1064, 1064], noise, seed })),
        );
        expect(verdict.kind === 'outside' && verdict.limit === 'io-max', `${noise} ${seed}`).toBe(false);
      }
    }
  });

  it('is a doubt where only the stubs bring them to it, and a proven lift stays', () => {
    const slices = simulateOwn(host({ layers: slow, most: [150, 150, 150] }));
    const { verdict, caveats } = read(planWith(three(riops(150))), slices);
    expect(verdict).toMatchObject({ kind: 'lever', layer: 'media' });
    expect(caveats.map(runCaveatWords)).toEqual([
      'with every layer stubbed, guests 1 to 3 stand at their own io.max (riops=150): beyond that no stub can lift',
    ]);
  });

  it('leaves a "none" that it may well hide, and says what to raise first', () => {
    const slices = simulateOwn(host({ layers: slow, most: [93, 93, 93], noise: 0.005 }));
    const { verdict } = read(planWith(three(riops(93))), slices);
    expect(verdict).toMatchObject({ kind: 'none', above: [{ value: 'riops=93', guests: [1, 2, 3] }] });
    const { next } = wordsOf(planWith(three(riops(93))), slices);
    expect(next).toMatch(
      /^Next: raise the guests' io.max, .*: with the stubs in place guests 1 to 3 stand at their own io.max/,
    );
    expect(next).not.toContain('above the stack');
  });

  it('leaves a layer named that holds back the others, with whom it does not help', () => {
    const slices = simulateOwn(host({ layers: slow, most: [10, undefined, undefined] }));
    const { verdict, caveats } = read(planWith([riops(10), {}, {}]), slices);
    expect(verdict).toMatchObject({ kind: 'lever', layer: 'media' });
    expect(caveats.map(runCaveatWords)).toEqual([
      'guest 1 stands at its own io.max (riops=10), as deployed too: no stub lifts it',
    ]);
  });
});

describe('what else a profile or a job sets', () => {
  const demand = (kind: 'rate' | 'rate-iops' | 'think-time', value: string, perSecond: number): Demand => ({
    depth: 8,
    rates: [
      { kind, value, perSecond, way: kind === 'think-time' ? 'any' : 'read', unit: kind === 'rate' ? 'bytes' : 'ios' },
    ],
  });

  it.each([
    ['rate-iops', demand('rate-iops', 'rate_iops=120', 120), '`rate_iops` in the job file'],
    ['rate', demand('rate', 'rate=480k', 120 * 4096), '`rate` in the job file'],
    ['think-time', demand('think-time', 'thinktime=8ms', 125), '`thinktime` in the job file'],
  ] as const)('%s of a job file is named', (limit, asked, where) => {
    const plan = planWith([{}, {}, {}], { demand: asked });
    const { verdict } = read(plan, simulateOwn(host({ how: 'asks', depth: 8 })));
    expect(verdict).toMatchObject({ kind: 'outside', limit, met: [{ by: 'job', guests: [1, 2, 3] }] });
    expect(wordsOf(plan, simulateOwn(host({ how: 'asks', depth: 8 }))).next).toContain(where);
  });

  it.each<[string, GuestLimits, string, string]>([
    ['cpuset', { cpuset: '1' }, 'guestLimits', 'CpusetBusyPercent'],
    ['memory-max', { memoryMax: 2 ** 26 }, 'guestLimits', 'MemoryStallPercent'],
  ])('%s is named where it is full', (limit, own, source, figure) => {
    const slices = simulateOwn(host({ most: [undefined, undefined, undefined] })).map((slice) => ({
      ...slice,
      measurements: { ...slice.measurements, [source]: { [`g2${figure}`]: 98 } },
    }));
    const { verdict } = read(planWith([{}, own, {}]), slices);
    expect(verdict).toMatchObject({ kind: 'outside', limit, met: [{ guests: [2] }] });
  });

  it('cpu.max is named with its value and whose it is', () => {
    const slices = simulateOwn(host({ most: [undefined, undefined, undefined] })).map((slice) => ({
      ...slice,
      measurements: { ...slice.measurements, guests: { throttledPercent: 30, g3ThrottledPercent: 30 } },
    }));
    const { verdict } = read(planWith([{}, {}, { cpuMax: '5000 100000' }]), slices);
    expect(verdict).toMatchObject({ kind: 'outside', limit: 'cpu-max' });
    expect(verdict.kind === 'outside' && outsideWords(verdict)).toBe(
      'with every layer stubbed, guest 3 waits 30 % of the time for its own cpu.max (5000 100000)',
    );
  });

  it('the depth is named where every layer was stubbed and takes no time, and else told beside "none"', () => {
    const slices = simulateOwn(host({ most: [undefined, undefined, undefined] }));
    const plan = planWith([{}, {}, {}]);
    expect(read(plan, slices).verdict).toMatchObject({
      kind: 'outside',
      limit: 'iodepth',
      met: [{ value: 'iodepth 2' }],
    });
    const kept = plan.profile.stack.concat({ layer: 'ring', deployed: { provider: 'loop', settings: {} }, stub: null });
    const open = { ...plan, profile: { ...plan.profile, stack: kept } };
    expect(read(open, slices).verdict).toMatchObject({ kind: 'none', above: [{ kind: 'iodepth' }] });
    expect(wordsOf(open, slices).next).toMatch(
      /^Next: look at ring, which could not be stubbed alone, or let the guests have more in flight/,
    );
  });

  it('is unknown of a job file that an earlier version did not record', () => {
    const plan = planWith([{}]);
    const job = { ...plan, profile: { ...plan.profile, workload: { job: 'mine.fio' } } };
    expect(ownLimitsOf(job)).toEqual([]);
  });
});
