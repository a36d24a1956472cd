import { describe, expect, it } from 'vitest';
import { mserTruncation, settlingUntil } from '../../../../agent/analysis/settle/mser.ts';
import { remembering, seeds, transient, type Transient } from '../../../support/transient.ts';

function alarms(given: Omit<Transient, 'seed'>, settledMs: number): number {
  const all = seeds(300).map((seed) =>
    settlingUntil(transient({ ...given, seed, spanMs: settledMs + 3000 }), settledMs),
  );
  return all.filter((until) => until !== undefined).length / all.length;
}

describe('MSER', () => {
  it('cuts the batches that are unlike the rest, never more than half', () => {
    expect(mserTruncation([1, 5, 9, 10, 10.1, 9.9, 10, 10.1])).toBe(3);
    expect(mserTruncation([9, 7, 5, 3, 1, 1])).toBe(3);
    expect(mserTruncation([7, 7, 7, 7])).toBe(0);
    expect(mserTruncation([])).toBe(0);
  });
});

describe('the alarm that goodput still settled while it was measured', () => {
  it.each([0.02, 0.05, 0.1, 0.2])('is silent in flat series that scatter by %d', (cv) => {
    expect(alarms({ tauMs: 1, from: 1000, to: 1000, cv, lateMs: 50 }, 500)).toBeLessThan(0.02);
  });

  it.each([
    [0.5, 0.05],
    [0.7, 0.2],
    [0.9, 0.05],
    [0.9, 0.2],
  ])('is silent in flat series whose bins correlate by %d and scatter by %d, save for few', (rho, sd) => {
    expect(alarms({ tauMs: 1, from: 1000, to: 1000, cv: 0.005, wander: remembering(rho, sd) }, 500)).toBeLessThan(0.08);
  });

  it('sounds where it was not, also where bins correlate', () => {
    const wander = remembering(0.9, 0.05);
    expect(alarms({ tauMs: 800, from: 400, to: 1000, cv: 0.005, wander }, 500)).toBeGreaterThan(0.8);
    expect(alarms({ tauMs: 1500, from: 2500, to: 1000, cv: 0.005, wander }, 500)).toBeGreaterThan(0.8);
  });

  it('is silent where the transient was over when measuring began', () => {
    expect(alarms({ tauMs: 200, from: 400, to: 1000, cv: 0.05 }, 1000)).toBeLessThan(0.02);
  });

  it('sounds where it was not', () => {
    expect(alarms({ tauMs: 800, from: 400, to: 1000, cv: 0.05 }, 500)).toBeGreaterThan(0.9);
    expect(alarms({ tauMs: 800, from: 2500, to: 1000, cv: 0.1 }, 500)).toBeGreaterThan(0.8);
  });

  it('says until when', () => {
    const until = settlingUntil(transient({ tauMs: 800, from: 400, to: 1000, cv: 0.02, seed: 1, spanMs: 4000 }), 500);
    expect(until).toBeGreaterThan(900);
    expect(until).toBeLessThan(2100);
  });

  it('is silent without readings', () => {
    expect(settlingUntil({ atMs: [], ios: [] }, 500)).toBeUndefined();
    expect(settlingUntil({ atMs: [0, 100], ios: [0, 10] }, 500)).toBeUndefined();
  });
});
