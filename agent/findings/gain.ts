// What turning a knob gains, from the slices with and without it (pure): when it is known well enough, and what it says.

import type { ArmLift } from '../analysis/verdict/analyse.ts';
import type { Lift } from '../analysis/verdict/verdict.ts';
import { baselineId } from '../lib/arm.ts';
import type { Plan } from '../plan/plan.ts';

/** The arm in which the knob has its other value. */
export function turnedArm({ design }: Pick<Plan, 'design'>): string {
  return design.arms.find((arm) => arm !== baselineId) ?? baselineId;
}

/** Undefined with too few slices for bounds. */
export function gainOf(arms: readonly ArmLift[], plan: Pick<Plan, 'design'>): Lift | undefined {
  return arms.find(({ arm }) => arm === turnedArm(plan))?.lift;
}

/** Blocks before the first look: fewer leave bounds to chance. */
const fewestBlocks = 4;
/** Bounds within so much of the estimate, as a ratio, end it: half of what prediction and gain may differ by. */
const closeEnough = 1.07;

/** A budget must hold them. */
export const fewestSlices = 2 * fewestBlocks;

export function isKnown(gain: Lift | undefined, blocks: number): boolean {
  return (
    gain !== undefined &&
    blocks >= fewestBlocks &&
    Math.max(gain.high / gain.estimate, gain.estimate / gain.low) <= closeEnough
  );
}

/** Prediction and gain are alike when neither is more than this over the other. */
export const alike = 1.15;

export const outcomes = ['as-predicted', 'more', 'less', 'nothing', 'harm', 'unknown'] as const;
export type Outcome = (typeof outcomes)[number];

/** `matters`: the smallest gain that does, as a ratio. A gain below it that may be none is nothing. */
export function outcomeOf(predicted: Lift, gain: Lift | undefined, matters: number): Outcome {
  if (!gain) return 'unknown';
  if (gain.high < 1) return predicted.estimate < 1 && isAlike(predicted, gain) ? 'as-predicted' : 'harm';
  if (gain.low <= 1) return gain.high < Math.max(matters, alike) ? 'nothing' : 'unknown';
  if (isAlike(predicted, gain)) return 'as-predicted';
  return gain.estimate > predicted.estimate ? 'more' : 'less';
}

function isAlike(predicted: Lift, gain: Lift): boolean {
  return Math.abs(Math.log(gain.estimate / predicted.estimate)) <= Math.log(alike);
}
