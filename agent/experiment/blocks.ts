// Asks the engine for a block of slices, measures it, and so on to the verdict; and what each measurement of a run shares.

import { analyse, type Analysis } from '../analysis/verdict/analyse.ts';
import type { Observation } from '../analysis/fit/observation.ts';
import type { Design } from '../analysis/verdict/design.ts';
import { decide } from '../analysis/verdict/engine.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import { InternalError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { phaseMs } from '../plan/phase.ts';
import { type Plan, sliceDurationMs } from '../plan/plan.ts';
import { scheduleBlock } from '../plan/schedule.ts';
import { saturationOf } from '../findings/saturation.ts';
import { whatCounts } from '../findings/counted.ts';
import { judged } from '../findings/judge.ts';
import { loadFactsOf } from '../findings/load-facts.ts';
import { servedGuests } from '../findings/open-loop.ts';
import type { Asked, SlicePlace, SliceTimes } from './measure-slice.ts';
import { offeredOf } from '../profile/profile.ts';
import type { Progress } from './progress.ts';
import { countedSlices } from '../findings/quality.ts';
import type { SliceRecord } from '../records/slice.ts';

/** The part of an experiment that measuring blocks needs. */
export interface Blocks {
  readonly plan: Plan;
  readonly record: (slice: SliceRecord) => void;
  readonly progress: Progress;
}

export interface Measured {
  readonly analysis: Analysis;
  /** What the load generator and the CPUs can do, I/O a second. */
  readonly saturation: number;
  /** Guests that get all that they offer as deployed: no lift is theirs. */
  readonly served: readonly number[];
}

/** The next block's arms with repeats, or that there is enough. */
export type Next = { readonly kind: 'measure'; readonly arms: readonly string[] } | { readonly kind: 'verdict' };

/**
 * Asks the engine for a block, measures it in seeded random order, and so on to its verdict. A void slice is measured again
 * in the next block. While too many are void the run goes on, until its budget is used.
 */
export async function measureBlocks(
  experiment: Blocks,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
  next: (design: Design, observations: readonly Observation[]) => Next = decide,
): Promise<Measured> {
  const { plan, progress } = experiment;
  const random = seededRandom(plan.seed);
  const pace = { budgetSlices: plan.design.budgetSlices, secondsPerSlice: sliceDurationMs(plan) / 1000 };
  const records: SliceRecord[] = [];
  let wanted: readonly string[] = [];
  for (let block = 0; ; block++) {
    const { slices, design, observations } = whatCounts(plan, records);
    const decision = next(design, observations);
    if (decision.kind === 'measure') wanted = decision.arms;
    if (isEnough(plan, slices, decision, wanted)) {
      const saturation = saturationOf(judged(records, plan.profile));
      return { analysis: analyse(design, observations), saturation, served: servedGuests(slices, plan.profile) };
    }
    const room = Math.max(0, plan.design.budgetSlices - records.length - wanted.length);
    const owed = owedAfter(slices, block - 1).slice(0, room);
    const { arms } = scheduleBlock(block, [...wanted, ...owed], random);
    for (const id of arms) {
      const seq = records.length;
      progress.sliceBegins({ seq, arm: id, block, of: plan.design.budgetSlices });
      const slice = await measure({ seq, block, arm: armOf(experiment, id) });
      mustWork(slice);
      experiment.record(slice);
      records.push(slice);
      progress.sliceEnds(judged(records, plan.profile).at(-1) ?? slice);
    }
    const now = whatCounts(plan, records);
    progress.standing(analyse(now.design, now.observations), pace);
  }
}

/** A verdict ends the run, except beside too many void slices: more of them may count, as long as the budget lasts. */
function isEnough(plan: Plan, slices: readonly SliceRecord[], decision: Next, next: readonly string[]): boolean {
  const { tooMany, byCpuMax } = loadFactsOf(slices, plan).void;
  // That its own cpu.max holds a guest back is a finding, and does not pass.
  if (tooMany && byCpuMax) return true;
  if (decision.kind === 'measure') return false;
  return !tooMany || slices.length + next.length > plan.design.budgetSlices;
}

/** The void slices of a block, and arms of which nothing counts any more. */
function owedAfter(slices: readonly SliceRecord[], block: number): readonly string[] {
  const lost = slices.filter((slice) => slice.block === block && slice.voided !== null).map(({ arm }) => arm);
  const counted = new Set(countedSlices(slices).map(({ arm }) => arm));
  const gone = new Set(slices.map(({ arm }) => arm).filter((arm) => !counted.has(arm) && !lost.includes(arm)));
  return [...lost, ...gone];
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
  const { slices: counted, design, observations } = whatCounts(plan, slices);
  const saturation = saturationOf(judged(slices, plan.profile));
  return { analysis: analyse(design, observations), saturation, served: servedGuests(counted, plan.profile) };
}

function mustWork({ goodput, arm, voided }: SliceRecord): void {
  if (voided === null && !(goodput > 0))
    throw new LoadError(`no I/O completed while ${arm} was measured`, 'look at the job and at `dmesg`');
}

/** The times of a slice, and what the guests are held to. */
export function timesOf({ plan }: Pick<Blocks, 'plan'>, place: Pick<SlicePlace, 'block' | 'seq'>): SliceTimes & Asked {
  const { settleMs, measureMs, profile } = plan;
  return {
    settleMs,
    phaseMs: phaseMs(plan, place),
    measureMs,
    watched: true,
    objectives: profile.guests.map((guest) => guest.latencyObjective ?? null),
    offered: profile.guests.map((_, i) => offeredOf(profile, i + 1)),
  };
}

/** Throws InternalError when the stack does not have the arm. */
export function armOf({ plan }: Pick<Blocks, 'plan'>, id: string): Arm {
  const arm = parseArm(id, plan.design.layers);
  if (!arm) throw new InternalError(`the engine asks for the unknown arm ${id}`);
  // Its layer stands once, and its junctions stay as they are.
  if (plan.turn?.how.kind === 'live' && arm.stubbed.length > 0) return { id: arm.id, stubbed: [], turned: true };
  return arm;
}
