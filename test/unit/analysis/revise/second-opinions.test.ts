import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../agent/analysis/verdict/analyse.ts';
import { orderEffect } from '../../../../agent/analysis/revise/order.ts';
import { disagreements, hodgesLehmann } from '../../../../agent/analysis/revise/robust.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import { mean, median } from '../../../../agent/lib/numbers.ts';
import { fourLayers, simulate } from '../../../support/simulator.ts';
import { chanceOf } from '../../../support/simulator-noise.ts';
import { seeds } from '../../../support/transient.ts';

const design = fourLayers();

function told(observations: readonly Observation[]): number {
  return disagreements(analyse(design, observations).arms, observations, design.delta).length;
}

/** A run of several blocks, as the engine would measure it. */
function run(seed: number, noise: 'iid' | 'drifting' = 'iid'): readonly Observation[] {
  return simulate({ scenario: 'none', noise, cv: 0.1, seed }).observations;
}

describe('the robust estimate', () => {
  it('is the middle of all pairs, whatever one of the values is', () => {
    expect(hodgesLehmann([1, 2, 6])).toBe(2.75);
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(hodgesLehmann(values)).toBe(5);
    expect(hodgesLehmann([...values.slice(1), -1e6])).toBeLessThan(6);
    expect(hodgesLehmann([...values.slice(1), -1e6])).toBeGreaterThan(4);
  });

  it('is the same as of all pairs in a list, and quick for thousands of values', () => {
    for (const seed of seeds(30)) {
      const { normal } = chanceOf(seed);
      const values = Array.from({ length: 1 + (seed % 12) }, () => Math.round(20 * normal()) / 20);
      const listed = median(values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)));
      expect(hodgesLehmann(values)).toBeCloseTo(listed, 12);
    }
    const { normal } = chanceOf(1);
    const started = performance.now();
    expect(hodgesLehmann(Array.from({ length: 20_000 }, normal))).toBeCloseTo(0, 1);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each(['iid', 'drifting'] as const)('agrees with the main one in most runs with %s noise', (noise) => {
    const runs = seeds(100).filter((seed) => told(run(seed, noise)) > 0);
    expect(runs.length).toBeLessThanOrEqual(5);
  });

  it('disagrees where a few slices of one arm are far off, and says by how much', () => {
    const found = seeds(40).map((seed) => {
      const { normal } = chanceOf(seed);
      const observations = Array.from({ length: 10 }, (_, block) =>
        [...design.arms.slice(0, 5), 'all-stub', 'baseline'].map((arm) => {
          const off = arm === 'stub-media' && block < 2 ? 0.3 : 1;
          return { block, arm, goodput: 1000 * off * Math.exp(0.02 * normal()) };
        }),
      ).flat();
      return disagreements(analyse(design, observations).arms, observations, design.delta);
    });
    expect(found.filter((some) => some.some(({ arm }) => arm === 'stub-media')).length).toBeGreaterThan(36);
    expect(mean(found.flat().map((one) => one.hodgesLehmann))).toBeCloseTo(1, 1);
  });

  it('is not asked with few blocks', () => {
    const few = run(1).filter(({ block }) => block < 7);
    expect(
      told(few.map((seen) => (seen.arm === 'all-stub' && seen.block === 0 ? { ...seen, goodput: 1 } : seen))),
    ).toBe(0);
  });
});

describe('the order within blocks', () => {
  function blocks(change: number, cv: number, seed: number): readonly Observation[] {
    const { normal } = chanceOf(seed);
    return Array.from({ length: 10 }, (_, block) =>
      [1, change].map((factor) => ({ block, arm: 'baseline', goodput: 500 * factor * Math.exp(cv * normal()) })),
    ).flat();
  }

  it('is told where the last baseline of a block is unlike the first', () => {
    const found = seeds(50).map((seed) => orderEffect(blocks(0.8, 0.05, seed)));
    expect(found.filter((ratio) => ratio !== undefined && ratio < 0.9).length).toBe(50);
  });

  it('is not told of noise, but for one run in a hundred', () => {
    const found = seeds(1000).filter((seed) => orderEffect(blocks(1, 0.1, seed)) !== undefined);
    expect(found.length).toBeLessThan(20);
  });

  it('is not told of few blocks, or of blocks with one baseline', () => {
    expect(orderEffect(blocks(0.1, 0.01, 1).slice(0, 6))).toBeUndefined();
    expect(orderEffect(blocks(0.1, 0.01, 1).filter((_, i) => i % 2 === 0))).toBeUndefined();
  });
});
