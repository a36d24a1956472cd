// The story of a run: raise the stack once, start the guests once, switch arms under the running load until the
// engine has its verdict. Everything applied here is unwound when the scope ends.

import type { Analysis } from '../analysis/analyse.ts';
import { defaultInterferenceDesign, type InterferenceDesign } from '../analysis/interference/design.ts';
import type { InterferenceObservation } from '../analysis/interference/observation.ts';
import type { ProbeObservation } from '../analysis/probe/design.ts';
import { namedIn } from '../analysis/verdict.ts';
import type { Host } from '../host/host.ts';
import { type Inventory, readKnobs } from '../knobs/registry.ts';
import { baselineId } from '../lib/arm.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Load, type LoadPlan, raiseRootCgroup, startLoad } from '../load/drive.ts';
import { depthOf, verifies } from '../load/job.ts';
import { startCounting } from '../measure/junctions.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { planProbe, type ProbePlan } from '../plan/probe-plan.ts';
import type { Names } from '../stack/names.ts';
import { raiseStack, type Stack, type StackPlan } from '../stack/raise.ts';
import { armOf, type Blocks, measureBlocks, type Measured, timesOf } from './blocks.ts';
import { measureSlice } from './measure-slice.ts';
import { runNeighbours } from './neighbours.ts';
import type { PilotRecord } from './pilot-record.ts';
import { afterPilot } from './pilot.ts';
import type { ProbeRecord } from './probe-record.ts';
import { runProbe } from './probe.ts';

export interface Experiment extends Blocks {
  readonly stack: StackPlan;
  readonly load: LoadPlan;
  readonly names: Names;
  /** Where the job files go. */
  readonly folder: string;
  readonly recordPoint: (point: ProbeRecord) => void;
  readonly recordPilot: (pilot: PilotRecord) => void;
  /** Whether caps are looked for after the verdict. */
  readonly caps: boolean;
  /** Whether it is measured what the guests do to one another. */
  readonly neighbours: boolean;
}

export interface Neighboured {
  readonly design: InterferenceDesign;
  readonly observations: readonly InterferenceObservation[];
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
  readonly neighbours?: Neighboured;
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
    const settled = await afterPilot(host, experiment, { stack, load });
    const found = await measureBlocks(settled, (place) => measureSlice(host, { stack, load }, place, timesOf(settled)));
    const neighbours = experiment.neighbours
      ? await guestsApart(host, { experiment: settled, stack, load, remainingMs: remainingMs(experiment, started) })
      : undefined;
    await load.stop();
    return { ...found, ...(neighbours ? { neighbours } : {}) };
  });
  const { analysis, neighbours } = measured;
  const caps = experiment.caps ? await probe(host, { experiment, stack, measured, started }) : undefined;
  return { analysis, ...(neighbours ? { neighbours } : {}), ...(caps === undefined ? {} : { caps }) };
}

function remainingMs({ plan }: Experiment, started: number): number {
  return plan.budgetMs - (performance.now() - started);
}

async function guestsApart(
  host: Host,
  run: { experiment: Experiment; stack: Stack; load: Load; remainingMs: number },
): Promise<Neighboured> {
  const { experiment, stack, load } = run;
  const { plan, progress } = experiment;
  const { delta, alpha } = plan.design;
  const budgetSlices = Math.max(1, Math.floor(run.remainingMs / sliceDurationMs(plan)));
  const design = defaultInterferenceDesign(plan.profile.guests.length, { budgetSlices, delta, alpha });
  const arm = armOf(experiment, baselineId);
  const observations = await runNeighbours({
    design,
    load,
    progress,
    random: seededRandom(plan.seed),
    measure: (seq, block) => measureSlice(host, { stack, load }, { seq, block, arm }, timesOf(experiment)),
  });
  return { design, observations };
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
    remainingMs: remainingMs(experiment, started),
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
