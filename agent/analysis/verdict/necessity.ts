// Which layers are necessary: without stubbing them, most of the headroom stays out of reach.
//
// Stubs do not slow (arms with one that does are no ceilings), so every arm without layer l lifts at most as much as "all
// but l". If that saves less of an I/O's time than explains the headroom, l is necessary: k arms answer for all 2^k subsets.

import type { Arm, Layer } from '../../lib/layer.ts';
import { rules } from '../rules.ts';
import { savedOf, savesLess, savesMore } from './saved.ts';
import { allBut } from './arm-sets.ts';
import { estimate, type Standing } from './standing.ts';

export interface Need {
  readonly layer: Layer;
  /** The arm that tells; undefined where the host cannot set it up. */
  readonly arm: Arm | undefined;
  /** The finding of its estimate; undefined before it was measured. */
  readonly seems: boolean | undefined;
  readonly proven: 'necessary' | 'spare' | 'open';
}

/** The need for each layer of the highest ceiling. */
export function needsOf(standing: Standing): readonly Need[] {
  const { top } = standing;
  return top ? top.arm.stubbed.map((layer) => needOf(standing, top, layer)) : [];
}

function needOf(standing: Standing, top: { arm: Arm; estimate: number }, layer: Layer): Need {
  const arm = allBut(standing.armSets, top.arm, layer);
  const lift = arm && estimate(standing, arm.id);
  if (arm === undefined || lift === undefined) return { layer, arm, seems: undefined, proven: 'open' };
  const necessary = standing.headroom && savesLess(standing, arm.id, top.arm.id, rules.necessary);
  const spare = savesMore(standing, arm.id, top.arm.id, rules.necessary);
  return {
    layer,
    arm,
    seems: savedOf(lift) < rules.necessary * savedOf(top.estimate),
    proven: necessary ? 'necessary' : spare ? 'spare' : 'open',
  };
}
