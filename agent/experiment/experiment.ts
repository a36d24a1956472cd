// The story of a run: raise the stack once, start the guests once, switch arms under the running load until the
// engine has its verdict. Everything applied here is unwound when the scope ends.

import { analyse, type Analysis } from '../analysis/analyse.ts';
import { decide } from '../analysis/engine.ts';
import type { Observation } from '../analysis/observation.ts';
import type { Host } from '../host/host.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import { InternalError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Load, type LoadPlan, raiseRootCgroup, startLoad } from '../load/drive.ts';
import { startCounting } from '../measure/junctions.ts';
import type { Plan } from '../plan/plan.ts';
import { scheduleBlock } from '../plan/schedule.ts';
import type { Names } from '../stack/names.ts';
import { raiseStack, type Stack, type StackPlan } from '../stack/raise.ts';
import { measureSlice, type Objectives, type SlicePlace, type SliceTimes } from './measure-slice.ts';
import type { Progress } from './progress.ts';
import type { SliceRecord } from './record.ts';

export interface Experiment {
  readonly plan: Plan;
  readonly stack: StackPlan;
  readonly load: LoadPlan;
  readonly names: Names;
  /** Where the job files go. */
  readonly folder: string;
  readonly record: (slice: SliceRecord) => void;
  readonly progress: Progress;
}

/** Throws LoadError, HostError, ResidueError or StoppedError; slices recorded before stay recorded. */
export async function runExperiment(host: Host, experiment: Experiment): Promise<Analysis> {
  return host.scope(async () => {
    await raiseRootCgroup(host, experiment.names);
    return experiment.plan.cold ? runCold(host, experiment) : runLive(host, experiment);
  });
}

interface Running {
  readonly stack: Stack;
  readonly load: Load;
}

async function runLive(host: Host, experiment: Experiment): Promise<Analysis> {
  const running = await raiseAll(host, experiment, { start: armOf(experiment, baselineId), onlyStart: false });
  const analysis = await measureBlocks(experiment, (place) => measureSlice(host, running, place, timesOf(experiment)));
  await running.load.stop();
  return analysis;
}

/** Raises, loads, measures and unwinds for every slice: for layers that cannot be switched under load. */
async function runCold(host: Host, experiment: Experiment): Promise<Analysis> {
  return measureBlocks(experiment, (place) =>
    host.scope(async () => {
      const running = await raiseAll(host, experiment, { start: place.arm, onlyStart: true });
      const slice = await measureSlice(host, running, place, timesOf(experiment));
      await running.load.stop();
      return slice;
    }),
  );
}

async function raiseAll(
  host: Host,
  experiment: Experiment,
  form: { start: Arm; onlyStart: boolean },
): Promise<Running> {
  const { names, progress } = experiment;
  progress.phase('raising the stack');
  const stack = await raiseStack(host, names, experiment.stack, form);
  await startCounting(host, stack.junctions);
  progress.phase(`starting ${stack.lanes.length} guests`);
  const load = await startLoad(host, names, experiment.load, { lanes: stack.lanes, folder: experiment.folder });
  return { stack, load };
}

/** Asks the engine for a block, measures it in seeded random order, and so on to its verdict. */
async function measureBlocks(
  experiment: Experiment,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<Analysis> {
  const { plan, progress } = experiment;
  const random = seededRandom(plan.seed);
  const observations: Observation[] = [];
  for (let block = 0; ; block++) {
    const decision = decide(plan.design, observations);
    if (decision.kind === 'verdict') return analyse(plan.design, observations);
    for (const id of scheduleBlock(block, decision.arms, random).arms) {
      const seq = observations.length;
      progress.sliceBegins({ seq, arm: id, block, of: plan.design.budgetSlices });
      const slice = await measure({ seq, block, arm: armOf(experiment, id) });
      if (!(slice.goodput > 0))
        throw new LoadError(`no I/O completed while ${id} was measured`, 'look at the job and at `dmesg`');
      experiment.record(slice);
      observations.push({ block, arm: id, goodput: slice.goodput });
      progress.sliceEnds(slice);
    }
    progress.standing(analyse(plan.design, observations));
  }
}

function timesOf({ plan }: Experiment): SliceTimes & { readonly objectives: Objectives } {
  const { settleMs, measureMs, profile } = plan;
  return { settleMs, measureMs, objectives: profile.guests.map((guest) => guest.latencyObjective ?? null) };
}

function armOf({ plan }: Experiment, id: string): Arm {
  const arm = parseArm(id, plan.design.layers);
  if (!arm) throw new InternalError(`the engine asks for the unknown arm ${id}`);
  return arm;
}
