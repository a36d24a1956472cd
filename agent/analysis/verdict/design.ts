// The design: arms, looks, error levels and budget. The engine knows nothing else beside the slices.

import { baselineId, everyArm, parseArm } from '../../lib/arm.ts';
import { InternalError } from '../../lib/errors.ts';
import { inLayerOrder, type Arm, type Layer } from '../../lib/layer.ts';
import { rules } from '../rules.ts';

export interface Design {
  /** The layers of the stack, 1 to 4. */
  readonly layers: readonly Layer[];
  /** Ids of the arms that can be set up on this host, the baseline among them. */
  readonly arms: readonly string[];
  /** `A` compares single layers only; `A+B` also finds sets of layers that hide one another. */
  readonly stages: 'A' | 'A+B';
  /** The smallest lift that matters, in ln units. */
  readonly delta: number;
  /** Chance, over all layers and looks, of claiming a lift that is not there. */
  readonly alpha: number;
  /** The most slices to measure, void ones among them. */
  readonly budgetSlices: number;
  /** Void slices so far, which are no observations; none if left out. */
  readonly voidSlices?: number;
  /** Numbers of blocks after which the data is looked at, ascending. */
  readonly looks: readonly number[];
  /** Whether "none" may be claimed for a larger lift than `delta` where the noise makes `delta` unreachable. */
  readonly widenNone: boolean;
}

/** Ten minutes of 4 s slices, lifts of 5 %, 95 % confidence, every arm feasible. */
export function defaultDesign(layers: readonly Layer[], changes: Partial<Omit<Design, 'layers'>> = {}): Design {
  return {
    layers: inLayerOrder(layers),
    arms: everyArm(layers).map((arm) => arm.id),
    stages: 'A+B',
    delta: Math.log(1.05),
    alpha: 0.05,
    budgetSlices: 150,
    looks: looksWithin(changes.budgetSlices ?? 150),
    widenNone: true,
    ...changes,
  };
}

/** Looks after 2, 3, 4, 6, 8, 12, ... blocks; late blocks have four slices or more, so none comes after the budget's end. */
export function looksWithin(budgetSlices: number): readonly number[] {
  const looks = [2, 3, 4, 6, 8, 12, 16, 24, 32];
  for (let next = 48; next * 4 <= budgetSlices; next = (looks.at(-2) ?? next) * 2) looks.push(next);
  return looks;
}

/** How many more slices the budget has. */
export function slicesLeft({ budgetSlices, voidSlices = 0 }: Design, observations: readonly unknown[]): number {
  return budgetSlices - voidSlices - observations.length;
}

/** One-sided level of one claim about a layer: shared over layers and looks. */
export function layerLevel(design: Design): number {
  return design.alpha / (design.layers.length * lookShare(design.looks));
}

/**
 * One-sided level of a claim about one layer from the noise of its own arm alone: shared over the looks, each for itself, as
 * two slices at one look and three at the next say nearly independent things. Not over the layers: one noisy arm is one layer.
 */
export function ownLevel(design: Design): number {
  return design.alpha / design.looks.length;
}

/** One-sided level of "none": every ceiling must pass, so it is shared over the looks only. */
export function noneLevel(design: Design): number {
  return design.alpha / lookShare(design.looks);
}

/** Repeated looks at growing data raise the chance of a false claim by about this factor. */
export function lookShare(looks: readonly number[]): number {
  return looks.length <= rules.fewLooks ? rules.lookShare : rules.manyLooksShare;
}

/**
 * The feasible arms other than the baseline, fewer stubs before more.
 *
 * @throws InternalError when an arm is not one of the stack, or the baseline or all stubs are missing.
 */
export function stubArms(design: Design): readonly Arm[] {
  const arms = design.arms.map((id) => parseArm(id, design.layers)?.id ?? unknownArm(id));
  const feasible = everyArm(design.layers).filter((arm) => arms.includes(arm.id));
  if (feasible.length < 2 || feasible[0]?.id !== baselineId) {
    throw new InternalError(`cannot compare arms without a baseline and a stub: ${arms.join(', ')}`);
  }
  return feasible.slice(1);
}

function unknownArm(id: string): never {
  throw new InternalError(`cannot plan arm ${id}: the stack does not have it`);
}
