// Linear contrasts of a fit: weighted sums of the arms' effects, with weights that add up to zero, and their one-sided bounds.

import { sampleVariance } from '../../lib/numbers.ts';
import { baselineId } from '../../lib/arm.ts';
import type { Fit } from './estimate.ts';
import { chiSquaredQuantile, tQuantile } from './quantile.ts';
import { rules } from '../rules.ts';

/** Weights over arms, the baseline included; they add up to zero, so no drift common to the arms remains. */
export type Contrast = ReadonlyMap<string, number>;

/** In ln units: the estimate, and the bounds that the truth stays above (`low`) or below (`high`) save with the level's chance. */
export interface Bounds {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The lift of `arm` over the baseline. */
export function liftOf(arm: string): Contrast {
  return weighted([[arm, 1]]);
}

/** `share` times the lift of `arm` less `otherShare` times the lift of `other`. */
export function difference(arm: string, other: string, share = 1, otherShare = 1): Contrast {
  return weighted([
    [arm, share],
    [other, -otherShare],
  ]);
}

/** The estimate of a contrast alone; undefined when an arm in it was not measured. */
export function estimateOf(fit: Fit, contrast: Contrast): number | undefined {
  let total = 0;
  for (const [arm, weight] of contrast) {
    const effect = arm === baselineId ? 0 : fit.effects.get(arm);
    if (effect === undefined) return undefined;
    total += weight * effect;
  }
  return total;
}

/**
 * Bounds of a contrast at one-sided `level`: estimate -+ t(1 - level) * standard error. Undefined when an arm was not
 * measured or the residual has too few degrees of freedom.
 */
export function boundsOf(fit: Fit, contrast: Contrast, level: number): Bounds | undefined {
  const [estimate, spread] = [estimateOf(fit, contrast), spreadOf(fit, contrast)];
  return estimate === undefined || !spread ? undefined : boundsAbout(estimate, spread, level);
}

/** How far an estimate may be off. */
export interface Spread {
  readonly variance: number;
  /** Degrees of freedom of `variance`. */
  readonly degrees: number;
}

/**
 * Of a contrast; undefined when an arm was not measured or the residual has too few degrees of freedom.
 *
 * @param doubt Its own scatter over the blocks widens it only if chance alone would make it as large with this probability at
 *   most: 1 where arms differ in their noise by nature, less where they hardly do and every widening costs slices.
 */
export function spreadOf(fit: Fit, contrast: Contrast, doubt = 1): Spread | undefined {
  if (estimateOf(fit, contrast) === undefined || fit.sigma === undefined) return undefined;
  return fit.degrees < rules.leastDegrees ? undefined : varianceOf(fit, contrast, { residual: fit.sigma ** 2, doubt });
}

/** One-sided bounds at `level` about an estimate. */
export function boundsAbout(estimate: number, { variance, degrees }: Spread, level: number): Bounds {
  const radius = variance > 0 ? tQuantile(1 - level, degrees) * Math.sqrt(variance) : 0;
  return { estimate, low: estimate - radius, high: estimate + radius };
}

/** Standard error of a contrast from the pooled residual; undefined when an arm was not measured. */
export function standardError(fit: Fit, contrast: Contrast): number | undefined {
  if (fit.sigma === undefined || estimateOf(fit, contrast) === undefined) return undefined;
  return fit.sigma * Math.sqrt(quadratic(fit, contrast));
}

/**
 * The pooled variance, or a wider one where the contrast's own scatter over the blocks says so: the two are averaged
 * by their degrees of freedom (the pooled one counts for at most `rules.pooledWeight`), and only widening is believed,
 * because arms with deployed layers are often noisier than stubbed ones.
 */
function varianceOf(fit: Fit, contrast: Contrast, given: { residual: number; doubt: number }): Spread {
  const pooled = given.residual * quadratic(fit, contrast);
  const own = fit.blockMeans.map((means) => valueIn(means, contrast)).filter((value) => value !== undefined);
  const weight = Math.min(rules.pooledWeight, fit.degrees);
  const extra = own.length - 1;
  const scatter = extra < 1 ? 0 : sampleVariance(own) / own.length;
  const mixed = extra < 1 ? 0 : (weight * pooled + extra * scatter) / (weight + extra);
  const surprising = given.doubt >= 1 || extra * scatter > pooled * chiSquaredQuantile(1 - given.doubt, extra);
  return mixed > pooled && surprising
    ? { variance: mixed, degrees: Math.min(fit.degrees, weight + extra) }
    : { variance: pooled, degrees: fit.degrees };
}

function quadratic(fit: Fit, contrast: Contrast): number {
  let total = 0;
  for (const [a, weightA] of contrast) {
    const row = fit.covariance[fit.index.get(a) ?? -1] ?? [];
    for (const [b, weightB] of contrast) total += weightA * weightB * (row[fit.index.get(b) ?? -1] ?? 0);
  }
  return total;
}

/** The contrast within one block; undefined unless the block holds all its arms. */
function valueIn(means: ReadonlyMap<string, number>, contrast: Contrast): number | undefined {
  let total = 0;
  for (const [arm, weight] of contrast) {
    const mean = means.get(arm);
    if (mean === undefined) return undefined;
    total += weight * mean;
  }
  return total;
}

/** The baseline takes whatever makes the weights add up to zero; arms without weight drop out. */
export function weighted(pairs: readonly (readonly [string, number])[]): Contrast {
  const weights = new Map<string, number>();
  const add = (arm: string, weight: number): unknown => weights.set(arm, (weights.get(arm) ?? 0) + weight);
  for (const [arm, weight] of pairs) {
    add(arm, weight);
    add(baselineId, -weight);
  }
  return new Map([...weights].filter(([, weight]) => weight !== 0));
}
