// Measures how the guests slow one another down, as deployed: some run, the others are frozen, as the engine asks.

import { decideNeighbours } from '../analysis/neighbours/decide.ts';
import { everyGuest, type NeighboursDesign } from '../analysis/neighbours/design.ts';
import type { NeighboursObservation } from '../analysis/neighbours/observation.ts';
import { type Random, shuffled } from '../lib/random.ts';
import type { Load } from '../load/drive.ts';
import type { Profile } from '../profile/profile.ts';
import { whatCountsOfNeighbours } from '../findings/neighbours.ts';
import type { Progress } from './progress.ts';
import type { NeighbourRecord } from '../records/neighbours.ts';
import type { SliceRecord } from '../records/slice.ts';

export interface Neighbouring {
  readonly design: NeighboursDesign;
  readonly load: Load;
  readonly random: Random;
  readonly progress: Progress;
  readonly profile: Pick<Profile, 'guest'>;
  readonly record: (one: NeighbourRecord) => void;
  /** Called after each whole block with what counts of all of them. */
  readonly recordBlock: (observations: readonly NeighboursObservation[]) => void;
  /** One slice of the stack as deployed with the guests that run now; void slices say so. */
  readonly measure: (seq: number, block: number) => Promise<SliceRecord>;
}

/** Throws what measuring throws. Every guest runs again when it ends. */
export async function runNeighbours(run: Neighbouring): Promise<void> {
  const { design, load, random, progress, profile, record, recordBlock, measure } = run;
  const records: NeighbourRecord[] = [];
  for (let block = 0; ; block++) {
    const told = whatCountsOfNeighbours(design, profile, records);
    const decision = decideNeighbours(told.design, told.observations);
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
