// Selects the slices with paused guests that the engine counts.

import type { NeighboursDesign } from '../analysis/neighbours/design.ts';
import type { NeighboursObservation } from '../analysis/neighbours/observation.ts';
import type { Profile } from '../profile/profile.ts';
import type { NeighbourRecord } from '../records/neighbours.ts';
import { guestGoodput } from './goodput.ts';
import type { SliceRecord } from '../records/slice.ts';
import { judged } from './judge.ts';
import { countedSlices } from './quality.ts';

/** Gives the engine the slices that count, and the budget without the void ones (pure). */
export function whatCountsOfNeighbours(
  design: NeighboursDesign,
  profile: Pick<Profile, 'guest'>,
  records: readonly NeighbourRecord[],
): { readonly design: NeighboursDesign; readonly observations: readonly NeighboursObservation[] } {
  const slices = records.map(({ running, slice }) => ({ ...slice, arm: `guests ${running.join(', ')}`, running }));
  const observations = countedSlices(judged(slices, profile)).map((slice) =>
    observed(slice, slice.block, slice.running),
  );
  return {
    design: { ...design, budgetSlices: design.budgetSlices - (records.length - observations.length) },
    observations,
  };
}

function observed(slice: SliceRecord, block: number, running: NeighbourRecord['running']): NeighboursObservation {
  const goodput = slice.guests.map((guest) => ({ guest: guest.guest, goodput: guestGoodput(guest) }));
  return { block, running, goodput };
}
