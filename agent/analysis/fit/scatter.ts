// The noise of every arm by itself. Arms that are alike are pooled, for two slices of an arm say little; an arm that is proven
// noisier than the rest is not, or it would blur the quiet ones and borrow their quietness.

import { sum } from '../../lib/numbers.ts';
import { boundsAbout, estimateOf, type Bounds, type Contrast } from './contrast.ts';
import { fit, residualsIn, weightOf, type Fit, type Weights } from './estimate.ts';
import type { Observation } from './observation.ts';
import { fChance, tQuantile } from './quantile.ts';
import { rules } from '../rules.ts';

/** The noise of one arm, from its slices. */
export interface Scatter {
  /** Variance of ln goodput of one slice. */
  readonly variance: number;
  /** Degrees of freedom: slices less one; 0 where the arm's slices say nothing of its noise. */
  readonly degrees: number;
}

/** Weighted so that noisy arms do not blur the others: `sigma` and `degrees` are those of the arms that are alike. */
export interface ArmFit extends Fit {
  /** By arm, the baseline included. */
  readonly scatter: ReadonlyMap<string, Scatter>;
  /** Over all arms, each slice alike. */
  readonly overall: { readonly sigma: number | undefined; readonly degrees: number };
}

interface Sums {
  readonly squares: number;
  /** Expected squares for a variance of one in all arms. */
  readonly trace: number;
  readonly slices: number;
}

/** Fits the observations, sets arms apart that are noisier than the rest, one after another, and weighs their slices down. */
export function fitByArm(observations: readonly Observation[]): ArmFit {
  const plain = fit(observations);
  let [current, sums] = [plain, sumsOf(plain)];
  const weights = new Map<string, number>();
  for (;;) {
    const noisiest = noisiestIn(sums, weights);
    if (!noisiest) break;
    weights.set(noisiest.arm, noisiest.weight);
    current = fit(observations, new Map(weights));
    sums = sumsOf(current);
  }
  const alike = pooled([...sums].filter(([arm]) => !weights.has(arm)).map(([, one]) => one));
  return {
    ...(weights.size === 0 ? current : fit(observations, withSingles(weights, sums, alike, plain))),
    sigma: alike.trace > 0 ? Math.sqrt(alike.squares / alike.trace) : undefined,
    degrees: weights.size === 0 ? plain.degrees : alike.trace,
    scatter: new Map([...sums].map(([arm, one]) => [arm, scatterOf(one)])),
    overall: { sigma: plain.sigma, degrees: plain.degrees },
  };
}

export interface Levels {
  /** One-sided, with the noise of all arms that are alike. */
  readonly pooled: number;
  /** One-sided, with the noise of the contrast's own arms alone. */
  readonly own: number;
}

/**
 * Bounds that hold whatever the noise of each arm: the wider of two. One takes all arms that are alike for equally noisy. The
 * other takes nothing for granted: radius^2 = sum over arms of (t(1 - own, n - 1) * standard error of its part)^2.
 *
 * Source of the latter: Banerjee (1961), "On confidence interval for two-means problem based on separate estimates of variances
 * and tabulated values of t-table", Sankhya A 23: the level holds for any variances. An arm that was measured once has the
 * noise of those alike.
 */
export function ownBounds(fitted: ArmFit, contrast: Contrast, levels: Levels): Bounds | undefined {
  const estimate = estimateOf(fitted, contrast);
  const { sigma, degrees } = fitted;
  if (estimate === undefined || sigma === undefined || degrees < rules.leastDegrees) return undefined;
  const [alike, shares] = [sigma ** 2, [...partsOf(fitted, contrast)]];
  const parts = shares.map(([arm, part]) => {
    const { variance, degrees: own } = fitted.scatter.get(arm) ?? { variance: 0, degrees: 0 };
    const asked = contrast.has(arm);
    if (asked && own > 0) return tQuantile(1 - levels.own, own) ** 2 * variance * part;
    return tQuantile(1 - levels.own, degrees) ** 2 * Math.max(alike / weightOf(fitted.weights, arm), variance) * part;
  });
  const variance = sum(shares.map(([arm, part]) => (alike * part) / weightOf(fitted.weights, arm)));
  const [pool, own] = [boundsAbout(estimate, { variance, degrees }, levels.pooled), Math.sqrt(sum(parts))];
  const radius = Math.max(pool.high - estimate, own);
  return { estimate, low: estimate - radius, high: estimate + radius };
}

/** By arm: the sum of the squared shares that its slices have in the estimate of a contrast. */
export function partsOf(fitted: Fit, contrast: Contrast): ReadonlyMap<string, number> {
  const { blocks, covariance, index, weights } = fitted;
  const pulls = covariance.map((row) =>
    sum([...contrast].map(([arm, weight]) => weight * (row[index.get(arm) ?? -1] ?? 0))),
  );
  const pullOf = (arm: string): number => pulls[index.get(arm) ?? -1] ?? 0;
  const parts = new Map<string, number>();
  for (const { logs, size } of blocks) {
    const level = sum([...logs].map(([arm, own]) => weightOf(weights, arm) * own.length * pullOf(arm))) / size;
    for (const [arm, own] of logs) {
      const share = weightOf(weights, arm) * (pullOf(arm) - level);
      parts.set(arm, (parts.get(arm) ?? 0) + own.length * share ** 2);
    }
  }
  return parts;
}

/** Where some arms are noisier, one that was measured once may be too: it has the noise of all arms in the mean. */
function withSingles(
  weights: Weights,
  sums: ReadonlyMap<string, Sums>,
  alike: Sums,
  { sigma = 0 }: Pick<Fit, 'sigma'>,
): Weights {
  const weight = Math.max(rules.leastWeight, Math.min(1, alike.squares / alike.trace / sigma ** 2));
  const once = [...sums].filter(([arm, { slices }]) => slices === 1 && !weights.has(arm));
  return new Map([...weights, ...once.map(([arm]) => [arm, weight] as const)]);
}

function scatterOf({ squares, trace, slices }: Sums): Scatter {
  return trace < 1 / 2 ? { variance: 0, degrees: 0 } : { variance: squares / trace, degrees: slices - 1 };
}

function pooled(some: readonly Sums[]): Sums {
  const total = (of: (one: Sums) => number): number => sum(some.map(of));
  return { squares: total((one) => one.squares), trace: total((one) => one.trace), slices: total((one) => one.slices) };
}

/** The arm whose scatter is above that of the other arms alike by more than chance allows, the surest first. */
function noisiestIn(
  sums: ReadonlyMap<string, Sums>,
  apart: ReadonlyMap<string, number>,
): { readonly arm: string; readonly weight: number } | undefined {
  const alike = [...sums].filter(([arm]) => !apart.has(arm));
  const suspects = alike.flatMap(([arm, one]) => {
    const rest = pooled(alike.filter(([other]) => other !== arm).map(([, other]) => other));
    const own = scatterOf(one);
    if (own.degrees < 1 || rest.trace < rules.leastDegrees || !(rest.squares > 0)) return [];
    const ratio = own.variance / (rest.squares / rest.trace);
    return [{ arm, ratio, chance: fChance(ratio, own.degrees, rest.trace) }];
  });
  const [surest] = suspects.sort((a, b) => a.chance - b.chance || b.ratio - a.ratio);
  if (!surest || surest.chance > rules.noisierChance / alike.length) return undefined;
  return { arm: surest.arm, weight: Math.max(rules.leastWeight, 1 / surest.ratio) };
}

/** Squared residuals by arm, and what they would be on average: one less the leverage of each slice (its share in its own fit). */
function sumsOf(fitted: Fit): ReadonlyMap<string, Sums> {
  const { blocks, effects, weights, covariance, index } = fitted;
  const found = new Map<string, Sums>();
  for (const block of blocks) {
    const cells = [...block.logs].map(([arm, logs]) => ({
      at: index.get(arm),
      load: weightOf(weights, arm) * logs.length,
    }));
    const residuals = residualsIn(block, effects, weights);
    for (const [arm, logs] of block.logs) {
      const place = covariance.map((_, i) => (i === index.get(arm) ? 1 : 0) - loadAt(cells, i) / block.size);
      const leverage = weightOf(weights, arm) * (1 / block.size + quadraticForm(covariance, place));
      const before = found.get(arm) ?? { squares: 0, trace: 0, slices: 0 };
      found.set(arm, {
        squares: before.squares + sum((residuals.get(arm) ?? []).map((residual) => residual ** 2)),
        trace: before.trace + logs.length * (1 - leverage),
        slices: before.slices + logs.length,
      });
    }
  }
  return found;
}

function loadAt(cells: readonly { readonly at: number | undefined; readonly load: number }[], place: number): number {
  return cells.find(({ at }) => at === place)?.load ?? 0;
}

function quadraticForm(matrix: Fit['covariance'], vector: readonly number[]): number {
  return sum(matrix.map((row, i) => (vector[i] ?? 0) * sum(row.map((value, j) => value * (vector[j] ?? 0)))));
}
