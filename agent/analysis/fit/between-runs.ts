// Estimates what changed between two runs. They share no block, so drift does not cancel: each has the noise of its own level.

import { mean, sampleVariance } from '../../lib/numbers.ts';
import type { Bounds } from './contrast.ts';
import { tQuantile } from './quantile.ts';

/** The mean of ln goodput over a run. */
export interface Level {
  readonly mean: number;
  /** Standard error of the mean; undefined: one batch says nothing of it. */
  readonly error: number | undefined;
  /** Batches less one. */
  readonly degrees: number;
}

/**
 * Long batches, so that neighbours are not alike. With more of them, on a host that wanders by 10 % over a minute, a loss that
 * is not there is seen in up to 22 % of pairs of runs (test/unit/analysis/fit/between-runs.test.ts).
 */
const batchRules = { least: 2, most: 3, groups: 3 } as const;

/**
 * `groups`: ln goodput of slices that were measured close together, in the order of time; empty ones are left out. The error
 * is that of non-overlapping batch means. Source: Law (2015), "Simulation Modeling and Analysis", 5th ed., 9.5.3.
 */
export function levelOf(groups: readonly (readonly number[])[]): Level | undefined {
  const means = groups.filter((group) => group.length > 0).map(mean);
  if (means.length === 0) return undefined;
  const wanted = Math.min(batchRules.most, Math.floor(means.length / batchRules.groups));
  const batches = inBatches(means, Math.min(means.length, Math.max(batchRules.least, wanted))).map(mean);
  const error = batches.length < 2 ? undefined : Math.sqrt(sampleVariance(batches) / batches.length);
  return { mean: mean(means), error, degrees: batches.length - 1 };
}

/** Consecutive, and as even as can be. */
function inBatches(values: readonly number[], count: number): readonly (readonly number[])[] {
  const border = (i: number): number => Math.round((i * values.length) / count);
  return Array.from({ length: count }, (_, i) => values.slice(border(i), border(i + 1)));
}

/**
 * The second level less the first, each bound one-sided at `alpha`; undefined where either has no error. Whatever the noise of
 * each: radius^2 = sum of (t(1 - alpha, degrees) * error)^2. Source: Banerjee (1961), Sankhya A 23, as in scatter.ts.
 */
export function changeBetween(first: Level, second: Level, alpha: number): Bounds | undefined {
  if (first.error === undefined || second.error === undefined) return undefined;
  const reach = ({ error = 0, degrees }: Level): number => tQuantile(1 - alpha, degrees) * error;
  const [estimate, radius] = [second.mean - first.mean, Math.hypot(reach(first), reach(second))];
  return { estimate, low: estimate - radius, high: estimate + radius };
}

/**
 * The second estimate less the first of two that are independent, from the bounds of each. Source: Zou & Donner (2008),
 * "Construction of confidence limits about effect measures", Statistics in Medicine 27 (MOVER).
 */
export function changeOfEstimates(first: Bounds, second: Bounds): Bounds {
  const estimate = second.estimate - first.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(second.estimate - second.low, first.high - first.estimate),
    high: estimate + Math.hypot(second.high - second.estimate, first.estimate - first.low),
  };
}
