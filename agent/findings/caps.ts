// Selects the points of the cap probe that its engine counts.

import type { CapsDesign, CapsObservation } from '../analysis/caps/design.ts';
import type { Profile } from '../profile/profile.ts';
import type { CapsPointRecord } from '../records/caps.ts';
import { judged } from './judge.ts';
import { layerLatencies } from './layer-latency.ts';
import { countedSlices } from './quality.ts';

/** Gives the engine the points that count, and the budget without the void ones (pure). */
export function whatCountsOfCaps(
  design: CapsDesign,
  profile: Pick<Profile, 'guest'>,
  records: readonly CapsPointRecord[],
): { readonly design: CapsDesign; readonly observations: readonly CapsObservation[] } {
  const slices = records.map(({ slice, ...point }) => {
    // Points that differ in any of these are not judged beside one another.
    const arm = [slice.arm, point.depth, point.guests, point.delayNs ?? ''].join('/');
    const seen = layerLatencies([slice]);
    const ownNs: CapsObservation['ownNs'] = Object.fromEntries(seen.map((one) => [one.layer, one.ownNs]));
    const own = seen.length > 0 ? { ownNs } : {};
    return { ...slice, arm, block: point.visit, observation: { ...point, goodput: slice.goodput, ...own } };
  });
  const observations = countedSlices(judged(slices, profile)).map(({ observation }) => observation);
  const budgetPoints = design.budgetPoints - (records.length - observations.length);
  return { design: { ...design, budgetPoints }, observations };
}
