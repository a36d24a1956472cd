// The story of a run: raise the stack once, start the guests once, switch arms under the running load until the
// engine has its verdict. Everything applied here is unwound when the scope ends.

import { analyse, type Analysis } from '../analysis/analyse.ts';
import { decide } from '../analysis/engine.ts';
import type { Observation } from '../analysis/observation.ts';
import type { ProbeObservation } from '../analysis/probe/design.ts';
import { namedIn } from '../analysis/verdict.ts';
import type { Host } from '../host/host.ts';
import type { Inventory } from '../knobs/registry.ts';
import { readKnobs } from '../knobs/registry.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import { InternalError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Load, type LoadPlan, raiseRootCgroup, startLoad } from '../load/drive.ts';
import { depthOf, verifies } from '../load/job.ts';
import { startCounting } from '../measure/junctions.ts';
import type { Plan } from '../plan/plan.ts';
import { planProbe, type ProbePlan } from '../plan/probe-plan.ts';
import { scheduleBlock } from '../plan/schedule.ts';
import type { Names } from '../stack/names.ts';
import { raiseStack, type Stack, type StackPlan } from '../stack/raise.ts';
import { measureSlice, type Objectives, type SlicePlace, type SliceTimes } from './measure-slice.ts';
import type { ProbeRecord } from './probe-record.ts';
import { runProbe } from './probe.ts';
import type { Progress } from './progress.ts';
import { faultsOf, qualityOf, voidedBy } from './quality.ts';
import type { SliceRecord } from './record.ts';

export interface Experiment {
  readonly plan: Plan;
  readonly stack: StackPlan;
  readonly load: LoadPlan;
  readonly names: Names;
  /** Where the job files go. */
  readonly folder: string;
  readonly record: (slice: SliceRecord) => void;
  readonly recordPoint: (point: ProbeRecord) => void;
  readonly progress: Progress;
  /** Whether caps are looked for after the verdict. */
  readonly caps: boolean;
}

/** What the cap probe has measured, and the knobs that were in force meanwhile. */
export interface Probed {
  readonly plan: ProbePlan;
  readonly observations: readonly ProbeObservation[];
  readonly inventory: Inventory;
}

export interface Outcome {
  readonly analysis: Analysis;
  /** A sentence where the probe was left out; undefined where it was not asked for. */
  readonly caps?: Probed | string;
}

/** Throws LoadError, HostError, ResidueError or StoppedError; slices recorded before stay recorded. */
export async function runExperiment(host: Host, experiment: Experiment): Promise<Outcome> {
  return host.scope(async () => {
    await raiseRootCgroup(host, experiment.names);
    return experiment.plan.cold ? runCold(host, experiment) : runLive(host, experiment);
  });
}

async function runLive(host: Host, experiment: Experiment): Promise<Outcome> {
  const started = performance.now();
  const stack = await raiseOnly(host, experiment, { start: armOf(experiment, baselineId), onlyStart: false });
  const measured = await host.scope(async () => {
    const load = await loadOn(host, experiment, stack);
    const found = await measureBlocks(experiment, (place) =>
      measureSlice(host, { stack, load }, place, timesOf(experiment)),
    );
    await load.stop();
    return found;
  });
  if (!experiment.caps) return { analysis: measured.analysis };
  return { analysis: measured.analysis, caps: await probe(host, { experiment, stack, measured, started }) };
}

async function probe(
  host: Host,
  run: { experiment: Experiment; stack: Stack; measured: Measured; started: number },
): Promise<Probed | string> {
  const { experiment, stack, measured, started } = run;
  const { sections } = experiment.load;
  if (verifies(sections)) return 'caps were not looked for: the load checks its data, and a delay keeps none';
  const plan = planProbe(experiment.plan, {
    ceiling: measured.highest,
    named: namedIn(measured.analysis.verdict),
    depth: depthOf(sections),
    remainingMs: experiment.plan.budgetMs - (performance.now() - started),
  });
  if (typeof plan === 'string') return plan;
  const inventory = await readKnobs(host);
  const random = seededRandom(experiment.plan.seed);
  return { plan, inventory, observations: await runProbe({ host, experiment, plan, random }, stack) };
}

/** Raises, loads, measures and unwinds for every slice: for layers that cannot be switched under load. */
async function runCold(host: Host, experiment: Experiment): Promise<Outcome> {
  const { analysis } = await measureBlocks(experiment, (place) =>
    host.scope(async () => {
      const stack = await raiseOnly(host, experiment, { start: place.arm, onlyStart: true });
      const load = await loadOn(host, experiment, stack);
      const slice = await measureSlice(host, { stack, load }, place, timesOf(experiment));
      await load.stop();
      return slice;
    }),
  );
  return experiment.caps ? { analysis, caps: 'caps were not looked for: a cold run raises no delay' } : { analysis };
}

async function raiseOnly(
  host: Host,
  { names, progress, stack: plan }: Experiment,
  form: { start: Arm; onlyStart: boolean },
): Promise<Stack> {
  progress.phase('raising the stack');
  const stack = await raiseStack(host, names, plan, form);
  await startCounting(host, stack.junctions);
  return stack;
}

async function loadOn(host: Host, { names, progress, load, folder }: Experiment, stack: Stack): Promise<Load> {
  progress.phase(`starting ${stack.lanes.length} guests`);
  return startLoad(host, names, load, { lanes: stack.lanes, folder });
}

interface Measured {
  readonly analysis: Analysis;
  /** The highest goodput of any slice, I/O a second. */
  readonly highest: number;
}

/**
 * Asks the engine for a block, measures it in seeded random order, and so on to its verdict. A void slice is measured again
 * in the next block; too many of them end the run.
 */
async function measureBlocks(
  experiment: Experiment,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<Measured> {
  const { plan, progress } = experiment;
  const random = seededRandom(plan.seed);
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
      const measured = await measure({ seq, block, arm: armOf(experiment, id) });
      if (!(measured.goodput > 0))
        throw new LoadError(`no I/O completed while ${id} was measured`, 'look at the job and at `dmesg`');
      const slice = { ...measured, voided: voidedBy(faultsOf(measured, plan)) };
      experiment.record(slice);
      records.push(slice);
      if (slice.voided === null) observations.push({ block, arm: id, goodput: slice.goodput });
      else owed.push(id);
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
