// A second opinion on lifts that a few odd slices cannot sway: Hodges-Lehmann beside least squares. It decides nothing.

import { baselineId } from '../../lib/arm.ts';
import { mean } from '../../lib/numbers.ts';
import type { ArmLift } from '../verdict/analyse.ts';
import type { Observation } from '../fit/observation.ts';

/** With fewer blocks the estimate is no better than the mean. */
const fewestBlocks = 8;

/**
 * How far both must be apart: as a part of the half-width of the lift's bounds, which is about three standard errors, and as
 * a part of the smallest lift that matters. Of normal noise the two differ by a fifth of a standard error.
 */
const [ofWidth, ofDelta] = [2 / 5, 1 / 2];

export interface Disagreement {
  readonly arm: string;
  /** Ratios of goodput to that of the baseline. */
  readonly leastSquares: number;
  readonly hodgesLehmann: number;
}

/**
 * The median of the means of all pairs of `values`, each with itself too (Hodges and Lehmann, 1963); NaN of none. The pairs
 * are counted, not listed: of thousands of blocks there are millions.
 */
export function hodgesLehmann(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const pairs = (sorted.length * (sorted.length + 1)) / 2;
  const [lower, upper] = [Math.ceil(pairs / 2), Math.floor(pairs / 2) + 1];
  return (meanOfRank(sorted, lower) + meanOfRank(sorted, upper)) / 2;
}

/** The pair's mean of that rank from 1, by halving the range that holds it down to the precision of a double. */
function meanOfRank(sorted: Float64Array, rank: number): number {
  let [low, high] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  while (low < high) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return pairsUpTo(sorted, low) >= rank ? low : high;
    if (pairsUpTo(sorted, middle) >= rank) high = middle;
    else low = middle;
  }
  return high;
}

/** How many pairs (each value with itself too) have a mean of at most `bound`. */
function pairsUpTo(sorted: Float64Array, bound: number): number {
  let [count, last] = [0, sorted.length - 1];
  for (let first = 0; first < sorted.length; first++) {
    while (last >= first && ((sorted[first] ?? 0) + (sorted[last] ?? 0)) / 2 > bound) last--;
    if (last < first) break;
    count += last - first + 1;
  }
  return count;
}

/** The arms whose two estimates tell different stories; `delta`: the smallest lift that matters, in ln units. */
export function disagreements(
  arms: readonly ArmLift[],
  observations: readonly Observation[],
  delta: number,
): readonly Disagreement[] {
  return arms.flatMap(({ arm, lift }) => {
    const ratios = blockRatios(arm, observations);
    if (!lift || ratios.length < fewestBlocks) return [];
    const [main, robust] = [Math.log(lift.estimate), hodgesLehmann(ratios)];
    const width = Math.log(lift.high / lift.low) / 2;
    const apart = Math.abs(main - robust);
    if (!(apart > ofWidth * width && apart > ofDelta * delta)) return [];
    return [{ arm, leastSquares: lift.estimate, hodgesLehmann: Math.exp(robust) }];
  });
}

/** ln of the arm's goodput over the baseline's in each block that has both. */
function blockRatios(arm: string, observations: readonly Observation[]): readonly number[] {
  const blocks = new Map<number, { own: number[]; base: number[] }>();
  for (const { block, arm: of, goodput } of observations) {
    if (of !== arm && of !== baselineId) continue;
    const found = blocks.get(block) ?? { own: [], base: [] };
    (of === arm ? found.own : found.base).push(Math.log(goodput));
    blocks.set(block, found);
  }
  return [...blocks.values()]
    .filter(({ own, base }) => own.length > 0 && base.length > 0)
    .map(({ own, base }) => mean(own) - mean(base));
}
