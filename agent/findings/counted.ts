// Which slices the engine is told of: the same live and from a run's folder.

import type { Observation } from '../analysis/fit/observation.ts';
import type { Design } from '../analysis/verdict/design.ts';
import type { Plan } from '../plan/plan.ts';
import type { SliceRecord } from '../records/slice.ts';
import { judged } from './judge.ts';
import { servedGuests, without } from './open-loop.ts';
import { countedSlices, designAfter } from './quality.ts';

/** Gives the engine the recorded slices that count: the same live and from a run's folder. */
export function whatCounts(
  { design, profile }: Pick<Plan, 'design' | 'profile'>,
  records: readonly SliceRecord[],
): {
  /**
   * All of them, with `voided` set where one stands apart from the run. Their goodput is that of the guests that something
   * could lift, see open-loop.ts.
   */
  readonly slices: readonly SliceRecord[];
  readonly design: Design;
  readonly observations: readonly Observation[];
} {
  const all = judged(records, profile);
  const slices = without(all, servedGuests(all, profile));
  const observations = countedSlices(slices).map(({ block, arm, goodput }) => ({ block, arm, goodput }));
  return { slices, design: designAfter(design, slices), observations };
}
