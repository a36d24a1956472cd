// What the guests do to one another, on the stack as deployed: some run, the others are frozen, as the engine asks.

import { decideInterference } from '../analysis/neighbours/decide.ts';
import { everyGuest, type GuestSet, type InterferenceDesign } from '../analysis/neighbours/design.ts';
import type { InterferenceObservation } from '../analysis/neighbours/observation.ts';
import { type Random, shuffled } from '../lib/random.ts';
import type { Load } from '../load/drive.ts';
import type { Profile } from '../profile/profile.ts';
import { guestGoodput } from '../findings/goodput.ts';
import type { Progress } from './progress.ts';
import { judged } from '../findings/judge.ts';
import { countedSlices } from '../findings/quality.ts';
import type { SliceRecord } from '../records/slice.ts';

/** One line of neighbours.ndjson: who ran, and the slice. */
export interface NeighbourRecord {
  readonly running: GuestSet;
  readonly slice: SliceRecord;
}

export interface Neighbouring {
  readonly design: InterferenceDesign;
  readonly load: Load;
  readonly random: Random;
  readonly progress: Progress;
  readonly profile: Pick<Profile, 'guest'>;
  readonly record: (one: NeighbourRecord) => void;
  /** Called after each whole block with what counts of all of them. */
  readonly recordBlock: (observations: readonly InterferenceObservation[]) => void;
  /** One slice of the stack as deployed with the guests that run now; void slices say so. */
  readonly measure: (seq: number, block: number) => Promise<SliceRecord>;
}

/** Throws what measuring throws. Every guest runs again when it ends. */
export async function runNeighbours(run: Neighbouring): Promise<void> {
  const { design, load, random, progress, profile, record, recordBlock, measure } = run;
  const records: NeighbourRecord[] = [];
  for (let block = 0; ; block++) {
    const told = whatCountsOfNeighbours(design, profile, records);
    const decision = decideInterference(told.design, told.observations);
    if (decision.kind === 'done') break;
    progress.phase(`neighbours: ${decision.sets.length} slices (${told.observations.length} done)`);
    for (const running of shuffled(decision.sets, random)) {
      await load.letRun(running);
      const one = { running, slice: await measure(records.length, block) };
      record(one);
      records.push(one);
    }
    recordBlock(whatCountsOfNeighbours(design, profile, records).observations);
  }
  await load.letRun(everyGuest(design));
}

/** What the engine is told of the slices so far: those that count, and the budget without the void ones (pure). */
export function whatCountsOfNeighbours(
  design: InterferenceDesign,
  profile: Pick<Profile, 'guest'>,
  records: readonly NeighbourRecord[],
): { readonly design: InterferenceDesign; readonly observations: readonly InterferenceObservation[] } {
  const slices = records.map(({ running, slice }) => ({ ...slice, arm: `guests ${running.join(', ')}`, running }));
  const observations = countedSlices(judged(slices, profile)).map((slice) =>
    observed(slice, slice.block, slice.running),
  );
  return {
    design: { ...design, budgetSlices: design.budgetSlices - (records.length - observations.length) },
    observations,
  };
}

function observed(slice: SliceRecord, block: number, running: GuestSet): InterferenceObservation {
  const goodput = slice.guests.map((guest) => ({ guest: guest.guest, goodput: guestGoodput(guest) }));
  return { block, running, goodput };
}
