import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../agent/analysis/verdict/analyse.ts';
import { liftOf } from '../../../../agent/analysis/fit/contrast.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import { fit } from '../../../../agent/analysis/fit/estimate.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import { fitByArm, ownBounds, partsOf } from '../../../../agent/analysis/fit/scatter.ts';
import { layers } from '../../../../agent/lib/layer.ts';
import { chanceOf } from '../../../support/simulator-noise.ts';

const arms = ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-blockstack', 'stub-ring', 'all-stub'];

/** Full blocks: every arm scatters by 1 %, and those of `noisy` by so much more. */
function observe(blocks: number, seed: number, noisy: Readonly<Record<string, number>> = {}): Observation[] {
  const { normal } = chanceOf(seed);
  return Array.from({ length: blocks }, (_, block) =>
    arms.map((arm) => ({ block, arm, goodput: 1000 * Math.exp(0.01 * (noisy[arm] ?? 1) * normal()) })),
  ).flat();
}

/** Two blocks whose quiet slices agree within 1 %; the slices of the media's stub are `apart` from one another (ln units). */
function demo(apart: number): readonly Observation[] {
  const wobble = [0.004, -0.003, 0.002, -0.004, 0.003, -0.002, 0.001];
  return [0, 1].flatMap((block) =>
    arms.map((arm, i) => {
      const quiet = (wobble[(i + 3 * block) % wobble.length] ?? 0) + (arm === 'all-stub' ? Math.log(4.1) : 0);
      const media = arm === 'stub-media' ? Math.log(3.9) + (block - 0.5) * apart : 0;
      return { block, arm, goodput: 1000 * Math.exp(quiet + media) };
    }),
  );
}

describe('a quiet arm', () => {
  it.each([0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.6])(
    'keeps its own interval beside one whose two slices are %f apart',
    (apart) => {
      const { arms: found } = analyse(defaultDesign(layers), demo(apart));
      for (const arm of ['stub-network', 'stub-blockstack', 'stub-ring']) {
        const lift = found.find((one) => one.arm === arm)?.lift;
        expect(lift?.low).toBeGreaterThan(0.92);
        expect(lift?.high).toBeLessThan(1.09);
      }
    },
  );

  it('is compared as if the noisy one were not there', () => {
    const effects = (factor: number): number | undefined =>
      fitByArm(observe(3, 5, { 'stub-ring': factor })).effects.get('stub-media');
    expect(effects(1000)).toBeCloseTo(effects(10) ?? NaN, 3);
  });
});

describe('a noisy arm', () => {
  it('is set apart, whichever it is, and the pool is that of the others', () => {
    for (const arm of new Set(arms)) {
      const found = fitByArm(observe(8, 3, { [arm]: 20 }));
      expect([...found.weights.keys()]).toEqual([arm]);
      expect(found.sigma).toBeGreaterThan(0.006);
      expect(found.sigma).toBeLessThan(0.014);
      expect(Math.sqrt(found.scatter.get(arm)?.variance ?? 0)).toBeGreaterThan(0.08);
      expect(found.overall.sigma).toBeGreaterThan(0.03);
    }
  });

  it('has bounds of its own: they miss the truth about as seldom as their level says', () => {
    for (const [arm, blocks] of [
      ['stub-ring', 2],
      ['stub-ring', 4],
      ['baseline', 2],
      ['baseline', 4],
    ] as const) {
      const missed = Array.from({ length: 500 }, (_, seed) => {
        const bounds = ownBounds(fitByArm(observe(blocks, seed, { [arm]: 10 })), liftOf('stub-ring'), {
          pooled: 0.0025,
          own: 0.05,
        });
        return (bounds?.low ?? 0) > 0;
      });
      expect(missed.filter(Boolean).length / 500).toBeLessThan(0.05 + 0.025);
    }
  });

  it('is not made of arms that are alike, but for a twentieth of the time', () => {
    const found = Array.from({ length: 300 }, (_, seed) => fitByArm(observe(4, seed)).weights.size);
    expect(found.filter((count) => count > 0).length / 300).toBeLessThan(0.09);
  });
});

describe('the parts of a contrast', () => {
  it('are the variance of the estimate by arm', () => {
    const seen = observe(3, 1).filter((_, i) => i % 5 !== 2);
    const found = fit(seen);
    const of = found.covariance[found.index.get('stub-ring') ?? -1]?.[found.index.get('stub-ring') ?? -1];
    const parts = [...partsOf(found, liftOf('stub-ring')).values()];
    expect(parts.reduce((total, part) => total + part, 0)).toBeCloseTo(of ?? NaN, 10);
  });

  it('hold for arms with weights: they are the squared shares that a nudge of each slice shows', () => {
    const [weights, nudge, seen] = [new Map([['stub-ring', 0.1]]), 1e-4, observe(2, 2)];
    const effect = (some: readonly Observation[]): number => fit(some, weights).effects.get('stub-media') ?? NaN;
    const squares = new Map<string, number>();
    seen.forEach((one, at) => {
      const nudged = seen.map((other, i) => (i === at ? { ...one, goodput: one.goodput * Math.exp(nudge) } : other));
      const share = (effect(nudged) - effect(seen)) / nudge;
      squares.set(one.arm, (squares.get(one.arm) ?? 0) + share ** 2);
    });
    for (const [arm, part] of partsOf(fit(seen, weights), liftOf('stub-media'))) {
      expect(part).toBeCloseTo(squares.get(arm) ?? NaN, 5);
    }
  });
});
