import { describe, expect, it } from 'vitest';
import { fitHinge, kneeGiven } from '../../../../agent/analysis/caps/hinge.ts';

/** Exact points of a cap with `knee` in flight, at these loads. */
function points(knee: number, loads: readonly number[], offset = -0.02) {
  return loads.map((load) => ({ load: Math.log(load), level: offset + Math.log(Math.min(load, knee)), free: false }));
}

describe('fitHinge', () => {
  it.each([3, 16, 48, 64, 100])('finds a knee of %d exactly, between levels and on one', (knee) => {
    const found = fitHinge(points(knee, [1, 2, 16, 32, 64, 128, 256]));
    expect(Math.exp(found?.knee ?? NaN)).toBeCloseTo(knee, 6);
    expect(found?.offset).toBeCloseTo(-0.02, 9);
    expect(found?.residual).toBeCloseTo(0, 9);
  });

  it('finds no knee in a straight line', () => {
    expect(fitHinge(points(1000, [8, 16, 32]))).toBeUndefined();
  });

  it('takes the offset from free points, whatever their load', () => {
    const free = { load: Math.log(512), level: Math.log(512) - 0.3, free: true };
    const found = fitHinge([free, ...points(40, [128, 256], -0.3)]);
    expect(Math.exp(found?.knee ?? NaN)).toBeCloseTo(40, 6);
  });
});

describe('kneeGiven', () => {
  it('reads the knee of fewer guests with the offset of all', () => {
    expect(Math.exp(kneeGiven(-0.02, points(32, [16, 64, 128])) ?? NaN)).toBeCloseTo(32, 6);
  });

  it('is at least what was offered where no limit shows', () => {
    expect(Math.exp(kneeGiven(-0.02, points(500, [64])) ?? NaN)).toBeCloseTo(64, 6);
  });
});
