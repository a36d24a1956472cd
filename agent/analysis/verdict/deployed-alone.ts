// Estimates the lift that each layer's stub adds last: the ceiling, compared with the arm in which that layer alone is
// deployed. With what it adds first (its single stub), these are the two ends of the layer's Shapley value.

import type { Arm, Layer } from '../../lib/layer.ts';
import { allBut } from './arm-sets.ts';
import { estimate, type Standing } from './standing.ts';

export interface DeployedAlone {
  readonly ceiling: Arm;
  /** Lift of the ceiling in ln units. */
  readonly all: number;
  /** By layer: the arm in which it alone of the ceiling's layers is deployed, and its lift in ln units; measured ones only. */
  readonly alone: ReadonlyMap<Layer, { readonly arm: string; readonly lift: number }>;
}

/** For the ceiling for which most is measured; undefined before any ceiling was. */
export function deployedAlone(standing: Standing): DeployedAlone | undefined {
  return standing.ceilings
    .flatMap((ceiling) => {
      const all = estimate(standing, ceiling.id);
      return all === undefined ? [] : [{ ceiling, all, alone: aloneUnder(standing, ceiling) }];
    })
    .sort((a, b) => b.alone.size - a.alone.size || b.all - a.all)[0];
}

function aloneUnder(standing: Standing, ceiling: Arm): DeployedAlone['alone'] {
  return new Map(
    ceiling.stubbed.flatMap((layer) => {
      const arm = allBut(standing.armSets, ceiling, layer);
      const lift = arm && estimate(standing, arm.id);
      return arm === undefined || lift === undefined ? [] : [[layer, { arm: arm.id, lift }]];
    }),
  );
}
