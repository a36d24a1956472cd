import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../agent/lib/fault.ts';
import { foreignPercent, type Judgeable, judged } from '../../../agent/findings/judge.ts';
import { seededRandom, shuffled } from '../../../agent/lib/random.ts';

const host = { guest: 'cgroup' } as const;

/** A slice beside others that use so much of the CPU, in per cent of all. */
function slice(
  block: number,
  arm: string,
  foreign: number,
  more: { steal?: number; voided?: Fault[] } = {},
): Judgeable {
  const measurements = {
    cpu: { cpus: 2, userPercent: foreign + 31, stealPercent: more.steal ?? 0 },
    guests: { userPercentOfHost: 30, throttledPercent: 0 },
    agent: { userPercent: 2 },
  };
  return { block, arm, voided: more.voided ?? null, measurements };
}

const arms = ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-blockstack', 'stub-ring', 'all-stub'];
const random = seededRandom(5);
const wobble = (): number => (random.below(401) - 200) / 100;

/** Slices in their order, seven a block; what others use in each is wobbled by 2 points. */
function run(blocks: number, foreignAt: (at: { index: number; block: number; arm: string }) => number): Judgeable[] {
  return Array.from({ length: blocks }, (_, block) => shuffled(arms, random).map((arm) => ({ block, arm })))
    .flat()
    .map(({ block, arm }, index) => slice(block, arm, foreignAt({ index, block, arm }) + wobble()));
}

const lost = (slices: readonly Judgeable[], guest: 'cgroup' | 'domU' = 'cgroup'): readonly number[] =>
  judged(slices, { guest }).flatMap(({ voided }, index) => (voided === null ? [] : [index]));

describe('what others use of the CPU all the time', () => {
  it.each([0, 5, 16, 22, 45, 70, 90])('makes no slice void at %i %', (level) => {
    expect(lost(run(2, () => level))).toEqual([]);
    expect(lost(run(10, () => level))).toEqual([]);
  });

  it('makes none void where stubs take it from them, from the third slice of the arm on', () => {
    const tenant = ({ arm }: { arm: string }): number => (arm === 'all-stub' ? 15 : 45);
    expect(lost(run(3, tenant))).toEqual([]);
    expect(lost(run(1, tenant)).length).toBeLessThanOrEqual(1);
  });

  it('makes none void as it rises slowly, or moves once between blocks', () => {
    expect(lost(run(10, ({ index }) => 5 + index))).toEqual([]);
    for (const from of [1, 3, 5, 7, 9]) expect(lost(run(10, ({ block }) => (block < from ? 10 : 50)))).toEqual([]);
  });

  it('is the same for what a hypervisor above takes', () => {
    const steady = Array.from({ length: 14 }, (_, i) => slice(Math.floor(i / 7), arms[i % 7] ?? '', 3, { steal: 30 }));
    expect(lost(steady)).toEqual([]);
    const odd = steady.with(4, slice(0, 'stub-blockstack', 3, { steal: 55 }));
    expect(lost(odd)).toEqual([4]);
    expect(judged(odd, host)[4]?.voided).toEqual([{ kind: 'steal', percent: 55, levelPercent: 30 }]);
    expect(lost(odd, 'domU')).toEqual([]);
  });
});

describe('a slice that stands apart from the others', () => {
  it.each([
    ['busier', 5, 40],
    ['busier, on a busy host', 45, 80],
    ['quieter', 45, 5],
  ])('is void where others are %s', (_, level, once) => {
    for (const index of [0, 6, 9, 13])
      expect(lost(run(2, (at) => (at.index === index ? once : level)))).toEqual([index]);
  });

  it('is void in each arm that a burst has hit, and says so with figures', () => {
    const slices = run(4, ({ index }) => (index >= 15 && index <= 17 ? 60 : 20));
    expect(lost(slices)).toEqual([15, 16, 17]);
    const [fault] = judged(slices, host)[16]?.voided ?? [];
    if (fault?.kind !== 'foreign-cpu') throw new Error('the burst is not seen');
    expect(Math.abs(fault.percent - 60)).toBeLessThan(2.5);
    expect(Math.abs((fault.levelPercent ?? 0) - 20)).toBeLessThan(2.5);
  });

  it('is not void where all scatter as much', () => {
    const noisy = run(10, () => random.below(60));
    expect(lost(noisy).length).toBeLessThan(4);
  });

  it('may count again once its arm is known, and the reverse', () => {
    const first = run(1, ({ arm }) => (arm === 'all-stub' ? 5 : 60));
    expect(lost(first)).toHaveLength(1);
    const all = [
      ...first,
      ...run(3, ({ arm }) => (arm === 'all-stub' ? 5 : 60)).map((one) => ({ ...one, block: one.block + 1 })),
    ];
    expect(lost(all)).toEqual([]);
  });
});

describe('slices that are void by themselves, or know nothing of others', () => {
  it('stay as they are, and say nothing of the level', () => {
    const late = { voided: [{ kind: 'starved-agent' as const, lateMs: 1200 }] };
    const slices = [...run(1, () => 10), slice(0, 'baseline', 90, late), slice(0, 'baseline', 95, late)];
    expect(judged(slices, host).map(({ voided }) => voided)).toEqual([
      ...Array<null>(7).fill(null),
      late.voided,
      late.voided,
    ]);
  });

  it('count where a figure is missing', () => {
    const blind: Judgeable = {
      block: 0,
      arm: 'baseline',
      voided: null,
      measurements: { cpu: { cpus: 2, userPercent: 99 } },
    };
    expect(foreignPercent(blind)).toBeUndefined();
    expect(lost([...run(1, () => 10), blind])).toEqual([]);
    expect(judged([], host)).toEqual([]);
  });

  it('take what the agent uses of one CPU for its own', () => {
    expect(foreignPercent(slice(0, 'baseline', 22))).toBe(22);
  });
});
