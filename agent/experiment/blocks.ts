// Asks the engine for a block of slices, measures it, and so on to the verdict; and what each measurement of a run shares.

import { analyse, type Analysis } from '../analysis/analyse.ts';
import { decide } from '../analysis/engine.ts';
import type { Observation } from '../analysis/observation.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import { InternalError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Plan, sliceDurationMs } from '../plan/plan.ts';
import { scheduleBlock } from '../plan/schedule.ts';
import type { Objectives, SlicePlace, SliceTimes } from './measure-slice.ts';
import type { Progress } from './progress.ts';
import { countedSlices, qualityOf } from './quality.ts';
import type { SliceRecord } from './record.ts';

/** What measuring blocks needs of an experiment. */
export interface Blocks {
  readonly plan: Plan;
  readonly record: (slice: SliceRecord) => void;
  readonly progress: Progress;
}

export interface Measured {
  readonly analysis: Analysis;
  /** The highest goodput of any slice, I/O a second. */
  readonly highest: number;
}

/**
 * Asks the engine for a block, measures it in seeded random order, and so on to its verdict. A void slice is measured again
 * in the next block; too many of them end the run.
 */
export async function measureBlocks(
  experiment: Blocks,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<Measured> {
  const { plan, progress } = experiment;
  const random = seededRandom(plan.seed);
  const pace = { budgetSlices: plan.design.budgetSlices, secondsPerSlice: sliceDurationMs(plan) / 1000 };
  const observations: Observation[] = [];
  const records: SliceRecord[] = [];
  let owed: string[] = [];
  for (let block = 0; ; block++) {
    const decision = decide(plan.design, observations);
    if (decision.kind === 'verdict' || qualityOf(records).tooMany) {
      const highest = Math.max(1, ...records.map(({ goodput }) => goodput));
      return { analysis: analyse(plan.design, observations), highest };
    }
    const { arms } = scheduleBlock(block, [...decision.arms, ...owed], random);
    owed = [];
    for (const id of arms) {
      const seq = records.length;
      progress.sliceBegins({ seq, arm: id, block, of: plan.design.budgetSlices });
      const slice = await measure({ seq, block, arm: armOf(experiment, id) });
      mustWork(slice);
      experiment.record(slice);
      records.push(slice);
      if (slice.voided === null) observations.push({ block, arm: id, goodput: slice.goodput });
      else owed.push(id);
      progress.sliceEnds(slice);
    }
    progress.standing(analyse(plan.design, observations), pace);
  }
}

/** The baseline and the arm with the most stubs, once each: what the load generator and the CPUs can do, where no verdict is asked for. */
export async function gauge(
  experiment: Blocks,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<Measured> {
  const { plan, progress, record } = experiment;
  const slices: SliceRecord[] = [];
  for (const id of [plan.design.arms[0], plan.design.arms.at(-1)]) {
    const arm = armOf(experiment, id ?? baselineId);
    progress.sliceBegins({ seq: slices.length, arm: arm.id, block: 0, of: 2 });
    const slice = await measure({ seq: slices.length, block: 0, arm });
    mustWork(slice);
    record(slice);
    progress.sliceEnds(slice);
    slices.push(slice);
  }
  const observations = countedSlices(slices).map(({ block, arm, goodput }) => ({ block, arm, goodput }));
  const highest = Math.max(1, ...slices.map(({ goodput }) => goodput));
  return { analysis: analyse(plan.design, observations), highest };
}

function mustWork({ goodput, arm, voided }: SliceRecord): void {
  if (voided === null && !(goodput > 0))
    throw new LoadError(`no I/O completed while ${arm} was measured`, 'look at the job and at `dmesg`');
}

/** The times of a slice and the guests' objectives. */
export function timesOf({ plan }: Pick<Blocks, 'plan'>): SliceTimes & { readonly objectives: Objectives } {
  const { settleMs, measureMs, profile } = plan;
  return {
    settleMs,
    measureMs,
    watched: true,
    guest: profile.guest,
    objectives: profile.guests.map((guest) => guest.latencyObjective ?? null),
  };
}

/** Throws InternalError when the stack does not have the arm. */
export function armOf({ plan }: Pick<Blocks, 'plan'>, id: string): Arm {
  const arm = parseArm(id, plan.design.layers);
  if (!arm) throw new InternalError(`the engine asks for the unknown arm ${id}`);
  return arm;
}
