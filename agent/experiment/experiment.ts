// The story of a run: raise the stack once, start the guests once, switch arms under the running load until the
// engine has its verdict. Everything applied here is unwound when the scope ends.

import type { Analysis } from '../analysis/analyse.ts';
import { defaultInterferenceDesign, type InterferenceDesign } from '../analysis/interference/design.ts';
import type { InterferenceObservation } from '../analysis/interference/observation.ts';
import type { Host } from '../host/host.ts';
import { baselineId } from '../lib/arm.ts';
import { HostError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Load, type LoadPlan, raiseRootCgroup, startLoad, tagsIdleMs } from '../load/drive.ts';
import { startCounting } from '../measure/junctions.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { noProbe } from '../plan/probe-plan.ts';
import type { Names } from '../stack/names.ts';
import { raiseStack, type Stack, type StackPlan } from '../stack/raise.ts';
import { armOf, type Blocks, gauge, measureBlocks, timesOf } from './blocks.ts';
import { lookForCaps, type Probed } from './caps.ts';
import { measureSlice, type SlicePlace } from './measure-slice.ts';
import { runNeighbours } from './neighbours.ts';
import type { PilotRecord } from './pilot-record.ts';
import { afterPilot } from './pilot.ts';
import type { ProbeRecord } from './probe-record.ts';
import { recheck, recheckMs, wantsRecheck } from './recheck.ts';
import type { SliceRecord } from './record.ts';

export interface Experiment extends Blocks {
  readonly stack: StackPlan;
  readonly load: LoadPlan;
  readonly names: Names;
  /** Where the job files go. */
  readonly folder: string;
  readonly recordPoint: (point: ProbeRecord) => void;
  /** A slice of the check at the end. */
  readonly recordRecheck: (slice: SliceRecord) => void;
  readonly recordPilot: (pilot: PilotRecord) => void;
}

export interface Neighboured {
  readonly design: InterferenceDesign;
  readonly observations: readonly InterferenceObservation[];
}

export interface Outcome {
  readonly analysis: Analysis;
  /** What was asked for and left out, or failed, as sentences. */
  readonly notes: readonly string[];
  readonly caps?: Probed;
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
  const { plan } = experiment;
  const started = performance.now();
  const remainingMs = (): number => plan.budgetMs - (performance.now() - started);
  const stack = await raiseOnly(host, experiment, { start: armOf(experiment, baselineId), onlyStart: false });
  const { settled, neighbours, loadNotes, ...measured } = await host.scope(async () => {
    const load = await loadOn(host, experiment, stack);
    const settled = await afterPilot(host, experiment, { stack, load });
    const measure = sliceOn(host, settled, { stack, load });
    const found = await (plan.aims.verdict ? measureBlocks : gauge)(settled, measure);
    const apart = plan.aims.neighbours
      ? await guestsApart(host, { experiment: settled, stack, load, remainingMs: remainingMs() })
      : undefined;
    await load.stop();
    return { settled, loadNotes: load.notes, ...found, ...(apart ? { neighbours: apart } : {}) };
  });
  const { analysis } = measured;
  const free = (): number => remainingMs() - (plan.aims.verdict ? recheckMs(settled.plan) : 0);
  const notes: string[] = [...loadNotes];
  // What fails after the verdict must not take it away.
  const keeping = <T>(what: string, part: Promise<T>): Promise<T | undefined> =>
    part.catch((failure: unknown) => {
      if (!plan.aims.verdict || !(failure instanceof LoadError || failure instanceof HostError)) throw failure;
      notes.push(`${what} failed: ${failure.message}`);
      return undefined;
    });
  const caps = plan.aims.caps
    ? await keeping('the cap probe', lookForCaps(host, { experiment: settled, stack, measured, remainingMs: free() }))
    : undefined;
  if (plan.aims.verdict && wantsRecheck(experiment, analysis, performance.now() - started)) {
    await keeping('the check at the end', checkAgain(host, { experiment: settled, stack, analysis }));
  }
  if (typeof caps === 'string') notes.push(caps);
  return { analysis, notes, ...(neighbours ? { neighbours } : {}), ...(typeof caps === 'object' ? { caps } : {}) };
}

async function checkAgain(
  host: Host,
  run: { experiment: Experiment; stack: Stack; analysis: Analysis },
): Promise<void> {
  const { experiment, stack, analysis } = run;
  await host.scope(async () => {
    const load = await loadOn(host, experiment, stack);
    const slices = await recheck(experiment, analysis, sliceOn(host, experiment, { stack, load }));
    for (const slice of slices) experiment.recordRecheck(slice);
    await load.stop();
  });
}

function sliceOn(host: Host, experiment: Experiment, on: { stack: Stack; load: Load }) {
  return (place: SlicePlace): Promise<SliceRecord> => measureSlice(host, on, place, timesOf(experiment));
}

async function guestsApart(
  host: Host,
  run: { experiment: Experiment; stack: Stack; load: Load; remainingMs: number },
): Promise<Neighboured> {
  const { experiment, stack, load } = run;
  const { plan, progress } = experiment;
  const { delta, alpha } = plan.design;
  const budgetSlices = Math.max(1, Math.floor(run.remainingMs / (sliceDurationMs(plan) + tagsIdleMs)));
  const design = defaultInterferenceDesign(plan.profile.guests.length, { budgetSlices, delta, alpha });
  const arm = armOf(experiment, baselineId);
  const measure = sliceOn(host, experiment, { stack, load });
  const observations = await runNeighbours({
    design,
    load,
    progress,
    random: seededRandom(plan.seed),
    measure: (seq, block) => measure({ seq, block, arm }),
  });
  return { design, observations };
}

/** Raises, loads, measures and unwinds for every slice: for layers that cannot be switched under load. */
async function runCold(host: Host, experiment: Experiment): Promise<Outcome> {
  const { analysis } = await measureBlocks(experiment, (place) =>
    host.scope(async () => {
      const stack = await raiseOnly(host, experiment, { start: place.arm, onlyStart: true });
      const load = await loadOn(host, experiment, stack);
      const slice = await sliceOn(host, experiment, { stack, load })(place);
      await load.stop();
      return slice;
    }),
  );
  const { profile, aims } = experiment.plan;
  const caps = aims.caps ? noProbe({ profile, verifies: false, cold: true }) : undefined;
  return { analysis, notes: caps === undefined ? [] : [caps] };
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
