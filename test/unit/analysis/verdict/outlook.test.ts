import { describe, expect, it } from 'vitest';
import { liftOf } from '../../../../agent/analysis/fit/contrast.ts';
import { defaultDesign, layerLevel, ownLevel } from '../../../../agent/analysis/verdict/design.ts';
import { decide } from '../../../../agent/analysis/verdict/engine.ts';
import {
  blocksForLift,
  outlook,
  slicesForMasked,
  slicesForNone,
  smallestLift,
} from '../../../../agent/analysis/verdict/outlook.ts';
import { fitByArm, ownBounds } from '../../../../agent/analysis/fit/scatter.ts';
import { layers } from '../../../../agent/lib/layer.ts';
import { chanceOf } from '../../../support/simulator-noise.ts';

const design = defaultDesign(layers);
const percent = (lift: number): number => Math.round(100 * Math.expm1(lift));

describe('smallestLift', () => {
  it.each([
    [2, 0.02, 77, 289],
    [3, 0.05, 30, 57],
    [4, 0.05, 18, 27],
    [4, 0.2, 78, 145],
    [8, 0.1, 17, 23],
    [16, 0.2, 22, 32],
  ])('after %i blocks at sigma %f is %i % at even odds and %i % for sure', (blocks, sigma, even, sure) => {
    expect(Math.abs(percent(smallestLift(design, sigma, blocks, 'even')) - even)).toBeLessThanOrEqual(1);
    expect(Math.abs(percent(smallestLift(design, sigma, blocks, 'sure')) - sure)).toBeLessThanOrEqual(1);
  });

  it('is smaller where the only stub is measured as often as the baseline', () => {
    expect(smallestLift(defaultDesign(['ring']), 0.1, 4, 'even')).toBeLessThan(smallestLift(design, 0.1, 4, 'even'));
  });

  it.each([2, 3, 4, 8])(
    'holds in simulation: after %i blocks it is proven in about half, or nine tenths, of all runs',
    (blocks) => {
      const provenOf = (odds: 'even' | 'sure'): number => {
        const lift = smallestLift(design, 0.1, blocks, odds);
        const runs = Array.from({ length: 400 }, (_, seed) => fullBlocks(blocks, lift, 0.1, seed));
        return runs.filter((found) => found > design.delta / 2).length / runs.length;
      };
      expect(provenOf('even')).toBeGreaterThan(0.4);
      expect(provenOf('even')).toBeLessThan(0.6);
      expect(provenOf('sure')).toBeGreaterThan(0.75);
      expect(provenOf('sure')).toBeLessThan(0.97);
    },
  );
});

/** Lower bound of the lift of the media's stub, which truly is `lift`, after full blocks of stage A. */
function fullBlocks(blocks: number, lift: number, sigma: number, seed: number): number {
  const { normal } = chanceOf(seed);
  const first = decide(design, []);
  const arms = first.kind === 'measure' ? first.arms : [];
  const seen = Array.from({ length: blocks }, (_, block) =>
    arms.map((arm) => ({ block, arm, goodput: Math.exp((arm === 'stub-media' ? lift : 0) + sigma * normal()) })),
  );
  const levels = { pooled: layerLevel(design), own: ownLevel(design) };
  return ownBounds(fitByArm(seen.flat()), liftOf('stub-media'), levels)?.low ?? NaN;
}

describe('the other promises', () => {
  it('find the look at which a lift is proven', () => {
    expect(blocksForLift(design, 0.1, Math.log(1.36), 'even')).toBe(4);
    expect(blocksForLift(design, 0.1, Math.log(1.03), 'sure')).toBe(Infinity);
  });

  it('need quadratically more slices for "none" as the noise grows', () => {
    expect(slicesForNone(design, 0.05, design.delta, 'even')).toBeGreaterThanOrEqual(22);
    expect(slicesForNone(design, 0.1, design.delta, 'even')).toBeCloseTo(4 * ((2.33 * 0.1) / Math.log(1.05)) ** 2, -1);
    expect(slicesForNone(design, 0.001, design.delta, 'even')).toBe(14);
  });

  it('start a masked set at 24 slices', () => {
    expect(slicesForMasked(design, 0.02, Math.log(2.5), 'sure')).toBe(24);
    expect(slicesForMasked(design, 0.2, Math.log(2.5), 'sure')).toBeGreaterThan(40);
  });

  it('come together in one outlook', () => {
    const found = outlook(design, 0.05, { headroom: Math.log(2.5) });
    expect(found.levers.map((lever) => lever.blocks)).toEqual([2, 3, 4, 6, 8, 12, 16]);
    expect(found.masked.lift).toBeCloseTo(2.5, 10);
    expect(found.none.even).toBeLessThan(found.none.sure);
  });
});
