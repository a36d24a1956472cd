import { describe, expect, it } from 'vitest';
import { fitRelaxation } from '../../../../agent/analysis/settle/relaxation.ts';
import { median } from '../../../../agent/lib/numbers.ts';
import { remembering, seeds, transient, type Transient } from '../../../support/transient.ts';

const from = 400;
const to = 1000;

function tausOf(given: Omit<Transient, 'seed'>, count: number): readonly number[] {
  return seeds(count).map((seed) => fitRelaxation(transient({ ...given, seed }))?.tauMs ?? NaN);
}

function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

describe('the time constant after a switch', () => {
  it.each([
    [150, 0.02],
    [400, 0.02],
    [400, 0.05],
    [400, 0.1],
    [700, 0.05],
  ])('of %i ms is found with bins that scatter by %d', (tauMs, cv) => {
    const found = tausOf({ tauMs, from, to, cv }, 100);
    expect(Math.abs(median(found) / tauMs - 1)).toBeLessThan(0.15);
    expect(share(found, (tau) => tau > tauMs / 2 && tau < 2 * tauMs)).toBeGreaterThan(0.9);
  });

  it('is the same where goodput falls to its new level, and where timers fire late', () => {
    expect(median(tausOf({ tauMs: 400, from: 2500, to, cv: 0.1 }, 50)) / 400).toBeCloseTo(1, 0.8);
    expect(median(tausOf({ tauMs: 400, from, to, cv: 0.02, lateMs: 150 }, 50)) / 400).toBeCloseTo(1, 0.8);
  });

  it.each([0.02, 0.05, 0.1, 0.2])('is none in a flat series that scatters by %d, save for very few', (cv) => {
    const found = tausOf({ tauMs: 1, from: to, to, cv, lateMs: 50 }, 500);
    expect(share(found, (tau) => tau > 0)).toBeLessThan(0.02);
    expect(share(found, (tau) => tau > 125)).toBeLessThan(0.01);
  });

  it.each([
    [0.5, 0.05],
    [0.7, 0.05],
    [0.7, 0.2],
    [0.9, 0.05],
    [0.9, 0.2],
  ])('is none in flat goodput whose bins correlate by %d and scatter by %d, save for few', (rho, sd) => {
    const found = tausOf({ tauMs: 1, from: to, to, cv: 0.01, wander: remembering(rho, sd) }, 200);
    expect(share(found, (tau) => tau > 125)).toBeLessThan(0.06);
  });

  it.each([400, 700, 1500, 3000])('of %i ms is found where bins correlate by 0.9', (tauMs) => {
    const found = tausOf({ tauMs, from, to, cv: 0.005, wander: remembering(0.9, 0.05) }, 100);
    expect(share(found, (tau) => tau > tauMs / 2 && tau < 2 * tauMs)).toBeGreaterThan(0.85);
    expect(Math.abs(median(found) / tauMs - 1)).toBeLessThan(0.3);
  });

  it('is none where goodput drifts by a few per cent, however clearly', () => {
    // So slow that three seconds of it are a straight line: 7 % in all.
    expect(tausOf({ tauMs: 40_000, from: 1000, to: 2000, cv: 0.001 }, 5)).toEqual([0, 0, 0, 0, 0]);
  });

  it('is clearly too long where the series ends before goodput has settled', () => {
    const found = tausOf({ tauMs: 2000, from: 100, to, cv: 0.05 }, 100);
    expect(share(found, (tau) => tau > 1200)).toBeGreaterThan(0.95);
  });

  it('counts from the end of the time in which nothing completed', () => {
    const found = fitRelaxation(transient({ tauMs: 300, from, to, cv: 0.02, deadMs: 600, seed: 1 }));
    expect(found?.deadMs).toBeCloseTo(600, -2.5);
    expect((found?.tauMs ?? 0) / 300).toBeCloseTo(1, 0.5);
    const flat = fitRelaxation(transient({ tauMs: 1, from: to, to, cv: 0.02, deadMs: 600, seed: 1 }));
    expect(flat).toEqual({ deadMs: found?.deadMs, tauMs: 0, amplitude: 0 });
  });

  it('cannot be told from few readings, from none, or without I/O', () => {
    expect(fitRelaxation(transient({ tauMs: 400, from, to, cv: 0.02, seed: 1, spanMs: 700 }))).toBeUndefined();
    expect(fitRelaxation({ atMs: [], ios: [] })).toBeUndefined();
    expect(fitRelaxation(transient({ tauMs: 1, from: 0, to: 0, cv: 0, seed: 1 }))).toBeUndefined();
  });

  it('is none in a series without any noise', () => {
    expect(fitRelaxation(transient({ tauMs: 1, from: to, to, cv: 0, seed: 1 }))?.tauMs).toBe(0);
  });
});
