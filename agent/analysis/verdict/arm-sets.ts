// The feasible arms seen as sets of stubbed layers: which single, which ceiling, which arm is "all but this layer".

import type { Arm, Layer } from '../../lib/layer.ts';
import { stubArms, type Design } from './design.ts';

export interface ArmSets {
  /** Feasible arms with exactly one stub, in layer order. */
  readonly singles: readonly Single[];
  /** Feasible arms that no other feasible arm includes: usually `all-stub` alone. */
  readonly ceilings: readonly Arm[];
  /** All feasible arms but the baseline, fewer stubs before more. */
  readonly arms: readonly Arm[];
  /** Layers that no feasible arm stubs. */
  readonly untested: readonly Layer[];
}

export interface Single {
  readonly layer: Layer;
  readonly arm: string;
}

export function armSetsOf(design: Design): ArmSets {
  const arms = stubArms(design);
  return {
    arms,
    singles: arms.flatMap(({ id, stubbed: [layer, ...more] }) =>
      layer && more.length === 0 ? [{ layer, arm: id }] : [],
    ),
    ceilings: arms.filter((arm) => !arms.some((other) => other !== arm && includes(other, arm.stubbed))),
    untested: design.layers.filter((layer) => !arms.some((arm) => arm.stubbed.includes(layer))),
  };
}

/** The feasible arm that stubs exactly `stubbed`. */
export function armWith(armSets: ArmSets, stubbed: readonly Layer[]): Arm | undefined {
  return armSets.arms.find((arm) => arm.stubbed.length === stubbed.length && includes(arm, stubbed));
}

/** The arm below `ceiling` in which `layer` alone of its stubs is deployed. */
export function allBut(armSets: ArmSets, ceiling: Arm, layer: Layer): Arm | undefined {
  const rest = ceiling.stubbed.filter((other) => other !== layer);
  return rest.length === ceiling.stubbed.length ? undefined : armWith(armSets, rest);
}

/** The feasible arms that stub at least `layers` and nothing beyond `ceiling`, fewer stubs before more. */
export function setsWith(armSets: ArmSets, ceiling: Arm, layers: readonly Layer[]): readonly Arm[] {
  return armSets.arms.filter((arm) => includes(arm, layers) && includes(ceiling, arm.stubbed));
}

export function includes(arm: Arm, layers: readonly Layer[]): boolean {
  return layers.every((layer) => arm.stubbed.includes(layer));
}
