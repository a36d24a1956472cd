// What the guests do to one another, on the stack as deployed: some run, the others are frozen, as the engine asks.

import { decideInterference } from '../analysis/interference/decide.ts';
import { everyGuest, type GuestSet, type InterferenceDesign } from '../analysis/interference/design.ts';
import type { InterferenceObservation } from '../analysis/interference/observation.ts';
import { type Random, shuffled } from '../lib/random.ts';
import type { Load } from '../load/drive.ts';
import { guestGoodput } from './goodput.ts';
import type { Progress } from './progress.ts';
import { spareSlices } from './quality.ts';
import type { SliceRecord } from './record.ts';

export interface Neighbouring {
  readonly design: InterferenceDesign;
  readonly load: Load;
  readonly random: Random;
  readonly progress: Progress;
  /** Called with what counts of each block once it is whole. */
  readonly recordBlock: (observations: readonly InterferenceObservation[]) => void;
  /** One slice of the stack as deployed with the guests that run now; void slices say so. */
  readonly measure: (seq: number, block: number) => Promise<SliceRecord>;
}

/** Throws what measuring throws. Every guest runs again when it ends. */
export async function runNeighbours(run: Neighbouring): Promise<void> {
  const { design, load, random, progress, measure, recordBlock } = run;
  const observations: InterferenceObservation[] = [];
  let spare = spareSlices(design.budgetSlices);
  for (let block = 0; ; block++) {
    const decision = decideInterference(design, observations);
    if (decision.kind === 'done' || spare < 0) break;
    progress.phase(`neighbours: ${decision.sets.length} slices (${observations.length} done)`);
    const seen: InterferenceObservation[] = [];
    for (const running of shuffled(decision.sets, random)) {
      await load.letRun(running);
      const slice = await measure(observations.length + seen.length, block);
      if (slice.voided === null) seen.push(observed(slice, block, running));
      else spare--;
    }
    observations.push(...seen);
    recordBlock(seen);
  }
  await load.letRun(everyGuest(design));
}

function observed(slice: SliceRecord, block: number, running: GuestSet): InterferenceObservation {
  const goodput = slice.guests.map((guest) => ({ guest: guest.guest, goodput: guestGoodput(guest) }));
  return { block, running, goodput };
}
