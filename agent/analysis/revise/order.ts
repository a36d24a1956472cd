// A sentinel: the baselines of one block are alike but for their place in it. If the first differs from the last by more than
// noise, slices depend on when they are measured. Randomised order cancels that in lifts, but it widens their bounds.

import { baselineId } from '../../lib/arm.ts';
import { mean, sampleVariance } from '../../lib/numbers.ts';
import type { Observation } from '../fit/observation.ts';
import { tQuantile } from '../fit/quantile.ts';

/** Two-sided; it only raises a doubt, and its silence proves nothing. */
const level = 0.01;
const fewestBlocks = 4;

/**
 * By how much the last baseline of a block is above the first, as a ratio; undefined: not told from noise (paired t test of
 * ln goodput). `inTime`: as they were measured, earliest first.
 */
export function orderEffect(inTime: readonly Observation[]): number | undefined {
  const blocks = new Map<number, number[]>();
  for (const { block, arm, goodput } of inTime) {
    if (arm === baselineId) blocks.set(block, [...(blocks.get(block) ?? []), Math.log(goodput)]);
  }
  const changes = [...blocks.values()].flatMap((logs) => {
    const [first, last] = [logs[0], logs.at(-1)];
    return logs.length > 1 && first !== undefined && last !== undefined ? [last - first] : [];
  });
  if (changes.length < fewestBlocks) return undefined;
  const error = Math.sqrt(sampleVariance(changes) / changes.length);
  const isSeen = Math.abs(mean(changes)) > tQuantile(1 - level / 2, changes.length - 1) * error;
  return isSeen ? Math.exp(mean(changes)) : undefined;
}
