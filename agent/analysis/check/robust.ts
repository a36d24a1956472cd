// A second opinion on lifts that a few odd slices cannot sway: Hodges-Lehmann beside least squares. It decides nothing.

import { baselineId } from '../../lib/arm.ts';
import { mean, median } from '../../lib/numbers.ts';
import type { ArmLift } from '../analyse.ts';
import type { Observation } from '../observation.ts';

/** With fewer blocks the estimate is no better than the mean. */
const fewestBlocks = 8;

/**
 * How far both must be apart: as a part of the half-width of the lift's bounds, which is about three standard errors, and as
 * a part of the smallest lift that matters. Of normal noise the two differ by a fifth of a standard error.
 */
const [ofWidth, ofDelta] = [1 / 3, 1 / 2];

export interface Disagreement {
  readonly arm: string;
  /** Ratios of goodput to that of the baseline. */
  readonly leastSquares: number;
  readonly hodgesLehmann: number;
}

/** The median of the means of all pairs of `values`, each with itself too (Hodges and Lehmann, 1963); NaN of none. */
export function hodgesLehmann(values: readonly number[]): number {
  return median(values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)));
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
