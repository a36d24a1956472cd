// A closed loop over an exact delay goes round in step after each switch: whole rounds must not be taken for a lift.

import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../agent/lib/layer.ts';
import { mean, sampleVariance } from '../../../agent/lib/numbers.ts';
import {
  exact,
  exponential,
  jittered,
  type LockStep,
  type LoopGuest,
  mixed,
  simulateLockStep,
  sliceOf,
  trueGoodput,
} from '../../support/lock-step.ts';
import { chanceOf } from '../../support/simulator-noise.ts';

const seeds = 40;

/** By the time that an I/O takes with nothing stubbed, or less with the network stubbed, milliseconds. */
const loads: Readonly<Record<string, (ms: number) => readonly LoopGuest[]>> = {
  'one exact delay': (ms) => [{ depth: 8, latency: exact(ms) }],
  'two guests with different delays': (ms) => [
    { depth: 8, latency: exact(ms) },
    { depth: 4, latency: exact(0.63 * ms) },
  ],
  'a delay that varies by 1 %': (ms) => [{ depth: 8, latency: jittered(ms, 0.01) }],
  'a delay that varies by 5 %': (ms) => [{ depth: 8, latency: jittered(ms, 0.05) }],
  'some quick I/O among the slow': (ms) => [{ depth: 16, latency: mixed(ms) }],
};

function verdicts(options: Omit<LockStep, 'seed'>): readonly string[] {
  return Array.from({ length: seeds }, (_, i) => {
    const { verdict } = simulateLockStep({ ...options, seed: i + 1 });
    return verdict.kind === 'lever' ? `lever ${verdict.layer}` : verdict.kind;
  });
}

const saving =
  (load: string, ms: number, saved: number) =>
  (stubbed: readonly Layer[]): readonly LoopGuest[] =>
    loads[load]?.(stubbed.includes('network') ? ms - saved : ms) ?? [];

describe('a lift of 0.9 % over media of 160 ms', () => {
  it('would be claimed as 5.6 % in every run if whole rounds were counted from the same phase on', () => {
    const guests = saving('one exact delay', 160, 1.5);
    const found = verdicts({ guests, latencyMs: 160, counting: 'bare, same phase' });
    expect(new Set(found)).toEqual(new Set(['lever network']));
  });

  describe.each(Object.keys(loads))('of %s', (load) => {
    it.each([
      [160, 1.5, 2],
      [160, 1.5, 100],
      [300, 2.8, 2],
    ])('is never claimed: %d ms, %d ms saved, fio answering within %d ms', (ms, saved, answerMs) => {
      const found = verdicts({ guests: saving(load, ms, saved), latencyMs: ms, answerMs });
      expect(found.filter((one) => one !== 'none' && one !== 'inconclusive')).toEqual([]);
    });
  });
});

describe('a lift that is there', () => {
  it.each(Object.keys(loads))('is found over %s', (load) => {
    const found = verdicts({ guests: saving(load, 160, 40), latencyMs: 160 });
    expect(found.filter((one) => one === 'lever network').length).toBeGreaterThan(0.95 * seeds);
  });
});

describe('the goodput of a slice', () => {
  const errorsOf = (guests: readonly LoopGuest[], ms: number) => {
    const chance = chanceOf(7);
    const truth = trueGoodput(guests, chance);
    const slices = Array.from({ length: 150 }, () => {
      const loop = { guests, settleMs: 500, phaseMs: ms * chance.uniform(), measureMs: 3000 };
      return sliceOf(loop, chance);
    });
    const of = (values: readonly number[]) => ({ bias: mean(values), sd: Math.sqrt(sampleVariance(values)) });
    return {
      bare: of(slices.map(({ bare }) => bare / truth - 1)),
      mended: of(slices.map(({ mended }) => mended / truth - 1)),
    };
  };

  it.each([
    ['one exact delay', 160, 0.001],
    ['one exact delay', 300, 0.001],
    ['two guests with different delays', 160, 0.001],
    ['a delay that varies by 1 %', 160, 0.002],
    ['a delay that varies by 5 %', 160, 0.005],
  ])('is right over %s of %d ms, where a bare count is off by one round', (load, ms, most) => {
    const { bare, mended } = errorsOf(loads[load]?.(ms) ?? [], ms);
    expect(Math.abs(mended.bias) + mended.sd).toBeLessThan(most);
    expect(bare.sd).toBeGreaterThan(3 * mended.sd);
  });

  it('is no worse than a bare count where I/O is spread evenly', () => {
    const { bare, mended } = errorsOf([{ depth: 16, latency: exponential(50) }], 50);
    expect(Math.abs(mended.bias)).toBeLessThan(0.01);
    expect(mended.sd).toBeLessThan(1.05 * bare.sd);
  });
});
