// Every layer from both ends: the ceiling, and what the stack does with one layer alone deployed beneath it.

import type { Arm, Layer } from '../../lib/layer.ts';
import { allBut } from './space.ts';
import { estimate, type Standing } from './standing.ts';

export interface Bracket {
  readonly ceiling: Arm;
  /** Lift of the ceiling in ln units. */
  readonly all: number;
  /** By layer: the arm in which it alone of the ceiling's layers is deployed, and its lift in ln units; measured ones only. */
  readonly alone: ReadonlyMap<Layer, { readonly arm: string; readonly lift: number }>;
}

/** The bracket of the ceiling for which most is measured; undefined before any ceiling was. */
export function bracketOf(standing: Standing): Bracket | undefined {
  return standing.ceilings
    .flatMap((ceiling) => {
      const all = estimate(standing, ceiling.id);
      return all === undefined ? [] : [{ ceiling, all, alone: aloneUnder(standing, ceiling) }];
    })
    .sort((a, b) => b.alone.size - a.alone.size || b.all - a.all)[0];
}

function aloneUnder(standing: Standing, ceiling: Arm): Bracket['alone'] {
  return new Map(
    ceiling.stubbed.flatMap((layer) => {
      const arm = allBut(standing.space, ceiling, layer);
      const lift = arm && estimate(standing, arm.id);
      return arm === undefined || lift === undefined ? [] : [[layer, { arm: arm.id, lift }]];
    }),
  );
}
