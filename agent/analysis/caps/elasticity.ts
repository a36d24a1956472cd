// The two elasticities that tell a cap, a rate and a latency apart, by Little's law for a closed system: with C in
// flight, delay D, cap K and rate R, goodput = min(C / D, K / D, R), so
//   e_C = ln(X(C, D) / X(C/2, D)) / ln 2     e_D = ln(X(C, D) / X(C, D/2)) / ln 2
//   open or latency: e_C = 1                 cap: (0, -1)        rate: (0, 0)
// e_D is taken towards the shorter delay and from saturation: a longer one leaves a rate's saturation and looks like a cap.

import { mean, sum } from '../../lib/numbers.ts';
import { levelVariance, meanLevel, pick, type PointReading, type Points } from './points.ts';
import type { Subject } from './design.ts';

export interface Elasticity {
  readonly estimate: number;
  /** Variance in units of the residual variance of one point. */
  readonly variance: number;
}

/** The elasticity of the bare delay line at `depth` against half of it; undefined when either is not measured. */
export function generatorElasticity(readings: Points, depth: number): Elasticity | undefined {
  const { guests } = readings.design;
  const [whole, half] = [depth, depth / 2].map((at) =>
    pick(readings, { subject: 'nothing', delay: 'full', guests, depth: at }).map((one) => one.log),
  );
  return whole && half && elasticityBetween(whole, half);
}

/**
 * e_C of `subject` with all guests, from `depth` against half of it, relative to the bare delay line; the media, which
 * has no delay, on its own.
 */
export function loadElasticity(readings: Points, subject: Subject, depth: number): Elasticity | undefined {
  const { guests } = readings.design;
  const [whole, half] = [depth, depth / 2].map((at) => pick(readings, { subject, delay: 'full', guests, depth: at }));
  if (!whole?.length || !half?.length) return undefined;
  return {
    estimate: (meanLevel(whole) - meanLevel(half)) / Math.LN2,
    variance: (levelVariance(readings, whole) + levelVariance(readings, half)) / Math.LN2 ** 2,
  };
}

/** e_D of `subject` with all guests, over the visits that hold both delays and offer at least `saturated` in flight. */
export function delayElasticity(readings: Points, subject: Subject, saturated: number): Elasticity | undefined {
  const seen = pick(readings, { subject, guests: readings.design.guests }).filter(
    (one) => one.guests * one.depth >= saturated,
  );
  const pairs = [...new Set(seen.map((one) => one.visit))]
    .map((visit) => differenceIn(seen.filter((one) => one.visit === visit)))
    .filter((pair) => pair !== undefined);
  if (pairs.length === 0) return undefined;
  const weight = sum(pairs.map((pair) => 1 / pair.variance));
  return {
    estimate: sum(pairs.map((pair) => pair.estimate / pair.variance)) / weight,
    variance: 1 / weight,
  };
}

/** Within one visit nothing else differs, so the reference would only add noise. */
function differenceIn(visit: readonly PointReading[]): Elasticity | undefined {
  const [full, half] = (['full', 'half'] as const).map((delay) =>
    visit.filter((one) => one.delay === delay).map((one) => one.log),
  );
  return full && half && elasticityBetween(full, half);
}

/** From the ln goodputs themselves, without a reference. */
function elasticityBetween(logs: readonly number[], others: readonly number[]): Elasticity | undefined {
  if (logs.length === 0 || others.length === 0) return undefined;
  return {
    estimate: (mean(logs) - mean(others)) / Math.LN2,
    variance: (1 / logs.length + 1 / others.length) / Math.LN2 ** 2,
  };
}
