// Blocks of a knob as it was and turned, in random order, until the gain is known closely or the budget is used.

import { analyse } from '../analysis/verdict/analyse.ts';
import { slicesLeft } from '../analysis/verdict/design.ts';
import { blocksOf } from '../analysis/fit/observation.ts';
import { gainOf, isKnown, turnedArm } from '../findings/gain.ts';
import { baselineId } from '../lib/arm.ts';
import type { SliceRecord } from '../records/slice.ts';
import { type Blocks, type Measured, measureBlocks } from './blocks.ts';
import type { SlicePlace } from './measure-slice.ts';

/** Throws what measuring throws. */
export function measureGain(
  experiment: Blocks,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<Measured> {
  const { plan } = experiment;
  const arms = [baselineId, turnedArm(plan)];
  return measureBlocks(experiment, measure, (design, observations) => {
    if (slicesLeft(design, observations) < arms.length) return { kind: 'verdict' };
    const isEnough = isKnown(gainOf(analyse(design, observations).arms, plan), blocksOf(observations).length);
    return isEnough ? { kind: 'verdict' } : { kind: 'measure', arms };
  });
}
