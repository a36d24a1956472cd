// Least squares: ln goodput = block + arm. Blocks take the drift out, the arms' effects are the lifts. Arms may have weights.

import { sum } from '../../lib/numbers.ts';
import { baselineId } from '../../lib/arm.ts';
import { inverse, type Matrix } from './matrix.ts';
import type { Observation } from './observation.ts';

export interface Fit {
  /** Effects in ln units, one an arm other than the baseline, relative to the baseline. */
  readonly effects: ReadonlyMap<string, number>;
  /** Position of each arm in `covariance`. */
  readonly index: ReadonlyMap<string, number>;
  /** Covariance of the effects for a residual variance of one: inverse of the normal equations' matrix. */
  readonly covariance: Matrix;
  /** Residual standard deviation of ln goodput of one slice: its coefficient of variation; undefined without `degrees`. */
  readonly sigma: number | undefined;
  /** Residual degrees of freedom: slices - blocks - arms other than the baseline. */
  readonly degrees: number;
  /** Block by block: the mean ln goodput of each arm. */
  readonly blockMeans: readonly ReadonlyMap<string, number>[];
  /** The blocks that were fitted. */
  readonly blocks: readonly FittedBlock[];
  /** Weight of a slice by its arm; an arm that is not named has the weight one. */
  readonly weights: Weights;
}

export type Weights = ReadonlyMap<string, number>;

export interface FittedBlock {
  /** ln goodputs by arm. */
  readonly logs: ReadonlyMap<string, readonly number[]>;
  /** Sum of the weights of its slices. */
  readonly size: number;
  /** Weighted mean of its ln goodputs. */
  readonly mean: number;
}

export function weightOf(weights: Weights, arm: string): number {
  return weights.get(arm) ?? 1;
}

/**
 * Fits `observations` (canonical ids). Arms that no chain of shared blocks connects with the baseline cannot be
 * compared with it: they and their blocks are left out.
 *
 * Source: two-way additive model with the block effects eliminated. With n_bc slices of arm c in block b of N_b slices,
 * M = sum_b (diag(n_b) - n_b n_b' / N_b), v = sum over slices of (y - mean of its block) at its arm; effects = M^-1 v.
 * With weights, n_bc and N_b count each slice by that of its arm, and means are weighted.
 */
export function fit(observations: readonly Observation[], weights: Weights = new Map()): Fit {
  const blocks = connected(toBlocks(observations, weights));
  const arms = [...new Set(blocks.flatMap((block) => [...block.logs.keys()]))]
    .filter((arm) => arm !== baselineId)
    .sort();
  const covariance = inverse(normalMatrix(blocks, arms, weights));
  const right = arms.map((arm) => {
    const apart = blocks.map((block) => sum((block.logs.get(arm) ?? []).map((y) => y - block.mean)));
    return weightOf(weights, arm) * sum(apart);
  });
  const effects = new Map(arms.map((arm, i) => [arm, sum((covariance[i] ?? []).map((c, j) => c * (right[j] ?? 0)))]));
  const slices = sum(blocks.map((block) => sum([...block.logs.values()].map((logs) => logs.length))));
  const degrees = slices - blocks.length - arms.length;
  return {
    effects,
    index: new Map(arms.map((arm, i) => [arm, i])),
    covariance,
    sigma: degrees > 0 ? Math.sqrt(sum(blocks.map((block) => squares(block, effects, weights))) / degrees) : undefined,
    degrees,
    blockMeans: blocks.map((block) => new Map([...block.logs].map(([arm, logs]) => [arm, sum(logs) / logs.length]))),
    blocks,
    weights,
  };
}

function toBlocks(observations: readonly Observation[], weights: Weights): FittedBlock[] {
  const byBlock = new Map<number, Map<string, number[]>>();
  for (const { block, arm, goodput } of observations) {
    const logs = byBlock.get(block) ?? new Map<string, number[]>();
    const own = logs.get(arm);
    if (own) own.push(Math.log(goodput));
    else logs.set(arm, [Math.log(goodput)]);
    byBlock.set(block, logs);
  }
  return [...byBlock.values()].map((logs) => {
    const cells = [...logs].map(([arm, own]) => ({ weight: weightOf(weights, arm), own }));
    const size = sum(cells.map(({ weight, own }) => weight * own.length));
    return { logs, size, mean: sum(cells.map(({ weight, own }) => weight * sum(own))) / size };
  });
}

/** The blocks that share arms, directly or through others, with a block that holds the baseline. */
function connected(blocks: readonly FittedBlock[]): readonly FittedBlock[] {
  const reached = new Set([baselineId]);
  let left = [...blocks];
  for (;;) {
    const [near, far] = [left.filter((b) => touches(b, reached)), left.filter((b) => !touches(b, reached))];
    if (near.length === 0) return blocks.filter((block) => !left.includes(block));
    for (const arm of near.flatMap((block) => [...block.logs.keys()])) reached.add(arm);
    left = far;
  }
}

function touches(block: FittedBlock, arms: ReadonlySet<string>): boolean {
  return [...block.logs.keys()].some((arm) => arms.has(arm));
}

function normalMatrix(blocks: readonly FittedBlock[], arms: readonly string[], weights: Weights): Matrix {
  const matrix = arms.map(() => arms.map(() => 0));
  for (const block of blocks) {
    const counts = arms.map((arm) => weightOf(weights, arm) * (block.logs.get(arm)?.length ?? 0));
    counts.forEach((a, i) => {
      const row = matrix[i] ?? [];
      counts.forEach((b, j) => (row[j] = (row[j] ?? 0) + (i === j ? a : 0) - (a * b) / block.size));
    });
  }
  return matrix;
}

/** Residuals of the slices of each arm of a block. */
export function residualsIn(
  block: FittedBlock,
  effects: ReadonlyMap<string, number>,
  weights: Weights,
): ReadonlyMap<string, readonly number[]> {
  const effectOf = (arm: string): number => effects.get(arm) ?? 0;
  const cells = [...block.logs].map(([arm, logs]) => weightOf(weights, arm) * logs.length * effectOf(arm));
  const level = block.mean - sum(cells) / block.size;
  return new Map([...block.logs].map(([arm, logs]) => [arm, logs.map((y) => y - level - effectOf(arm))]));
}

/** Weighted sum of the squared residuals of a block. */
function squares(block: FittedBlock, effects: ReadonlyMap<string, number>, weights: Weights): number {
  return sum(
    [...residualsIn(block, effects, weights)].map(
      ([arm, residuals]) => weightOf(weights, arm) * sum(residuals.map((residual) => residual ** 2)),
    ),
  );
}
