import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import {
  outsideCaveats,
  outsideClaim,
  withOutside,
  type LoadFacts,
  type SliceLoad,
} from '../../../../agent/analysis/revise/outside.ts';
import type { Verdict } from '../../../../agent/analysis/verdict/verdict.ts';
import { runCaveatWords } from '../../../../agent/report/words/run-caveat.ts';
import { outsideWords } from '../../../../agent/report/words/outside.ts';
import { layers } from '../../../../agent/lib/layer.ts';
import { simulate } from '../../../support/simulator.ts';
import { verdicts } from '../../../support/verdicts.ts';

/** Of each slice: host busy, CPU of the idlest guest, time held back. */
type Figures = readonly (readonly [number?, number?, number?])[];
/** Slices of `all-stub`. */
const slicesOf = (...figures: Figures): readonly SliceLoad[] =>
  figures.map(([hostBusyPercent, idlestGuestPercent, throttledPercent]) => ({
    ...{ arm: 'all-stub', hostBusyPercent, idlestGuestPercent, throttledPercent },
  }));
const deployed = (...figures: Figures): readonly SliceLoad[] =>
  slicesOf(...figures).map((one) => ({ ...one, arm: 'baseline' }));
const baselines = deployed([100, 100, 0], [100, 100, 0]);
const noneVoid = { count: 0, of: 20, tooMany: false, byCpuMax: false, reasons: [] };
const factsOf = (slices: readonly SliceLoad[], changes: Partial<LoadFacts> = {}): LoadFacts => ({
  ...{ slices, oneThread: true, void: noneVoid },
  ...changes,
});

describe('with every layer stubbed, the limit is', () => {
  it.each<[string, readonly SliceLoad[], boolean, string | undefined]>([
    ['the CPU of a host that is full', slicesOf([97, 40, 0], [99, 40, 0]), true, 'cpu'],
    ['nothing on a host that is nearly full', slicesOf([94, 40, 0], [95, 40, 0]), true, undefined],
    ['the CPU, whatever one slice of many says', slicesOf([97, 40, 0], [20, 40, 0], [99, 40, 0]), true, 'cpu'],
    ['the one thread of each guest', slicesOf([50, 95, 0], [50, 98, 0]), true, 'thread'],
    ['nothing if a guest is short of its thread', slicesOf([50, 94, 0], [50, 94, 0]), true, undefined],
    ['nothing if guests may have more threads', slicesOf([50, 99, 0], [50, 99, 0]), false, undefined],
    ['the CPU where the threads fill the host', slicesOf([99, 99, 0], [99, 99, 0]), true, 'cpu'],
    ["the guests' cpu.max, before anything else", slicesOf([99, 99, 6], [99, 99, 30]), true, 'cpu-max'],
    ['nothing where cpu.max hardly binds', slicesOf([50, 50, 5], [50, 50, 5]), true, undefined],
    ['nothing on the word of one slice', slicesOf([99, 99, 30]), true, undefined],
    ['nothing where the figures are missing', slicesOf([], [], []), true, undefined],
    ['nothing where most figures are missing', slicesOf([99], [], []), true, undefined],
    ['nothing without slices', [], true, undefined],
  ])('%s', (_, slices, oneThread, limit) => {
    // What the baseline does is of no interest: there the stack limits.
    expect(outsideClaim(layers, { slices: [...baselines, ...slices], oneThread })?.limit).toBe(limit);
  });

  const wordsOf = (slices: readonly SliceLoad[]) => {
    const claim = outsideClaim(layers, factsOf(slices));
    return claim && outsideWords(claim);
  };

  it('judged where most is stubbed, and says how much that was', () => {
    const pair = slicesOf([97, 1, 0], [97, 1, 0]).map((one) => ({ ...one, arm: 'stub-media+network' }));
    const single = slicesOf([10, 1, 0], [10, 1, 0]).map((one) => ({ ...one, arm: 'stub-ring' }));
    expect(wordsOf([...pair, ...single])).toBe(
      'with media and network stubbed, the CPU of the host is full (97 % busy)',
    );
    expect(wordsOf(slicesOf([10, 1, 12], [10, 1, 14]))).toBe(
      'with every layer stubbed, a guest waits 13 % of the time for its own cpu.max',
    );
  });

  it('not claimed from the baseline alone', () => {
    expect(outsideClaim(layers, factsOf(baselines))).toBeUndefined();
  });
});

const { observations } = simulate({ scenario: 'none', noise: 'iid', cv: 0.02, seed: 1 });
const found = analyse(defaultDesign(layers), observations);
const having = (verdict: Verdict, decided = true): Analysis => ({ ...found, verdict, decided });
const fullCpu = slicesOf([99, 40, 0], [99, 40, 0]);
const { headroom, ...noisy } = { ...verdicts.inconclusive, candidates: [], proven: [] };

describe('a full CPU with every layer stubbed', () => {
  it.each<[string, Verdict, Verdict['kind']]>([
    ['turns "none" into "outside"', verdicts.none, 'outside'],
    ['explains that the noise hides all', noisy, 'outside'],
    ['explains a headroom within the noise', { ...noisy, headroom: { ...headroom, low: 0.98 } }, 'outside'],
    ['leaves a proven headroom in question', { ...noisy, headroom }, 'inconclusive'],
    ['leaves a proven single stub in question', { ...noisy, proven: ['network'] }, 'inconclusive'],
    ['leaves a lever', verdicts.lever, 'lever'],
    ['leaves a tie', verdicts.tie, 'tie'],
    ['leaves a masked set', verdicts.masked, 'masked'],
  ])('%s', (_, before, after) => {
    expect(withOutside(having(before), layers, factsOf([...baselines, ...fullCpu])).verdict.kind).toBe(after);
  });

  it('explains no noise while it is not full as deployed', () => {
    const idle = deployed([60, 40, 0], [60, 40, 0]);
    expect(withOutside(having(noisy), layers, factsOf([...idle, ...fullCpu])).verdict.kind).toBe('inconclusive');
    expect(withOutside(having(verdicts.none), layers, factsOf([...idle, ...fullCpu])).verdict.kind).toBe('outside');
  });

  it('is asked for in the baseline whatever else is full there first', () => {
    const threads = slicesOf([90, 99, 0], [90, 99, 0]);
    const both = deployed([97, 99, 0], [97, 99, 0]);
    expect(withOutside(having(noisy), layers, factsOf([...both, ...threads])).verdict).toMatchObject({
      limit: 'thread',
    });
  });

  it('says nothing while the engine asks for more', () => {
    const open = having(noisy, false);
    expect(withOutside(open, layers, factsOf(fullCpu))).toBe(open);
  });

  it('leaves everything as it is when nothing is full, as with too few I/Os in flight', () => {
    const facts = factsOf(slicesOf([30, 20, 0], [30, 20, 0]));
    for (const verdict of Object.values(verdicts)) {
      expect(withOutside(having(verdict), layers, facts)).toEqual(having(verdict));
    }
  });
});

describe('too many void slices', () => {
  const reasons = [
    { kind: 'steal', percent: 20, levelPercent: 0 },
    { kind: 'starved-agent', lateMs: 1200 },
  ] as const;
  const disturbed = { count: 5, of: 20, tooMany: true, byCpuMax: false, reasons };

  it('of a disturbed host leave nothing to claim, also when the run stopped for it', () => {
    for (const verdict of [verdicts.none, noisy, verdicts.inconclusive, verdicts.lever]) {
      expect(withOutside(having(verdict, false), layers, factsOf([], { void: disturbed }))).toMatchObject({
        decided: true,
        verdict: { kind: 'inconclusive', why: { count: 5, of: 20, reasons }, disturbed: true },
      });
    }
    const { verdict } = withOutside(having(verdicts.tie), layers, factsOf([], { void: disturbed }));
    expect(verdict).toMatchObject({ candidates: verdicts.tie.layers, proven: verdicts.tie.layers });
  });

  it('that all come from cpu.max name it where it holds back the stack as deployed', () => {
    const byCpuMax = { void: { ...disturbed, byCpuMax: true } };
    const held = factsOf(deployed([10, 1, 50], [10, 1, 50]), byCpuMax);
    const { verdict } = withOutside(having(noisy, false), layers, held);
    expect(verdict).toMatchObject({ kind: 'outside', limit: 'cpu-max' });
    expect(verdict.kind === 'outside' && outsideWords(verdict)).toBe(
      'in 5 of 20 slices a guest was held back by its own cpu.max',
    );
    const proven = having({ ...noisy, proven: ['network'] }, false);
    expect(withOutside(proven, layers, held).verdict.kind).toBe('inconclusive');
    const free = factsOf(deployed([10, 1, 0], [10, 1, 0]), byCpuMax);
    expect(withOutside(having(noisy, false), layers, free).verdict.kind).toBe('inconclusive');
  });

  it('change no verdict when they are few', () => {
    const facts = factsOf([], { void: { ...disturbed, count: 1, tooMany: false } });
    expect(withOutside(having(verdicts.none), layers, facts).verdict).toBe(verdicts.none);
  });
});

describe('the caveats beside a verdict', () => {
  const held = slicesOf([10, 1, 12], [10, 1, 14]);

  it('say of a proven lift where it ends', () => {
    expect(outsideCaveats(having(verdicts.lever), layers, factsOf(held)).map(runCaveatWords)).toEqual([
      'with every layer stubbed, a guest waits 13 % of the time for its own cpu.max: beyond that no stub can lift',
    ]);
    expect(outsideCaveats(having(noisy), layers, factsOf(held))).toHaveLength(1);
    expect(outsideCaveats(having(verdicts.none), layers, factsOf(held))).toEqual([]);
  });
});
