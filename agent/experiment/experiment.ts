// The story of a run: raise the stack once, start the guests once, switch arms under the running load until the
// engine has its verdict. Everything applied here is unwound when the scope ends.

import { defaultNeighboursDesign } from '../analysis/neighbours/design.ts';
import type { Host } from '../host/host.ts';
import { baselineId } from '../lib/arm.ts';
import { HostError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { seededRandom } from '../lib/random.ts';
import { type Load, tagsIdleMs } from '../load/drive.ts';
import { type Plan, sliceDurationMs } from '../plan/plan.ts';
import { noCaps } from '../plan/caps.ts';
import type { Stack } from '../stack/raise.ts';
import { armOf, gauge, type Measured, measureBlocks, timesOf } from './blocks.ts';
import { lookForCaps } from './caps.ts';
import { measureGain } from './measure-gain.ts';
import type { Experiment } from './context.ts';
import { measureSlice, type SlicePlace } from './measure-slice.ts';
import { runNeighbours } from './neighbours.ts';
import type { Phase } from '../records/phase.ts';
import { afterPilot } from './pilot.ts';
import { recheck, recheckMs, wantsRecheck } from './recheck.ts';
import type { SliceRecord } from '../records/slice.ts';
import { enterHost, raiseCounted, startGuests } from './stages.ts';
import { withKnob } from './turn.ts';

/**
 * Everything that it finds goes to the experiment's recorder at once, and is there whichever way it ends.
 *
 * @throws LoadError, HostError, UnsteadyError, OutputError, ResidueError or StoppedError.
 */
export async function runExperiment(host: Host, experiment: Experiment): Promise<void> {
  await host.scope(async () => {
    await enterHost(host, experiment.names);
    await (experiment.plan.cold ? runCold(host, experiment) : runLive(host, experiment));
    experiment.enter('restoring');
  });
}

async function runLive(host: Host, experiment: Experiment): Promise<void> {
  const { plan, enter, note } = experiment;
  const started = performance.now();
  const remainingMs = (): number => plan.budgetMs - (performance.now() - started);
  const form = { start: armOf(experiment, baselineId), onlyStart: false };
  const stack = withKnob(host, await raiseOnly(host, experiment, form), plan.turn);
  const { settled, measured } = await host.scope(async () => {
    const load = await loadOn(host, experiment, stack);
    if (load.rings) note(load.rings);
    enter('pilot');
    const settled = await afterPilot(host, experiment, { stack, load });
    enter('slices');
    const measured = await measurerOf(plan)(settled, sliceOn(host, settled, { stack, load }));
    if (plan.aims.verdict || plan.turn) experiment.compared();
    const isWell =
      !plan.aims.neighbours ||
      (await after(experiment, 'neighbours', () =>
        compareNeighbours(host, { experiment: settled, stack, load, remainingMs: remainingMs() }),
      ));
    // A load that has failed goes when its scope is unwound.
    if (isWell) await load.stop();
    return { settled, measured };
  });
  const free = (): number => remainingMs() - (plan.aims.verdict ? recheckMs(settled.plan) : 0);
  if (plan.aims.caps) {
    await after(settled, 'caps', () =>
      lookForCaps(host, { experiment: settled, stack, measured, remainingMs: free() }),
    );
  }
  if (plan.aims.verdict && wantsRecheck(settled, measured.analysis, performance.now() - started)) {
    await after(settled, 'check', () =>
      checkAgain(host, { experiment: settled, stack, measured, untilMs: started + plan.budgetMs }),
    );
  }
}

function measurerOf({ aims, turn }: Plan): typeof gauge {
  if (turn) return measureGain;
  return aims.verdict ? measureBlocks : gauge;
}

/** A part that comes after the verdict: what fails in it is told, and takes neither the verdict nor the parts after it away. */
async function after(experiment: Experiment, phase: Phase, part: () => Promise<void>): Promise<boolean> {
  experiment.enter(phase);
  try {
    await part();
    return true;
  } catch (failure) {
    if (!experiment.plan.aims.verdict || !(failure instanceof LoadError || failure instanceof HostError)) throw failure;
    experiment.recordFailure(phase, failure);
    return false;
  }
}

async function checkAgain(
  host: Host,
  run: { experiment: Experiment; stack: Stack; measured: Measured; untilMs: number },
): Promise<void> {
  const { experiment, stack, measured, untilMs } = run;
  await host.scope(async () => {
    const load = await loadOn(host, experiment, stack);
    await recheck(experiment, measured, untilMs, sliceOn(host, experiment, { stack, load }));
    await load.stop();
  });
}

function sliceOn(host: Host, experiment: Experiment, on: { stack: Stack; load: Load }) {
  return (place: SlicePlace): Promise<SliceRecord> =>
    measureSlice(host, { ...on, others: experiment.others }, place, timesOf(experiment, place));
}

async function compareNeighbours(
  host: Host,
  run: { experiment: Experiment; stack: Stack; load: Load; remainingMs: number },
): Promise<void> {
  const { experiment, stack, load } = run;
  const { plan, progress, recordNeighbours, recordNeighboursBlock, recordNeighbour } = experiment;
  const { delta, alpha } = plan.design;
  const budgetSlices = Math.max(1, Math.floor(run.remainingMs / (sliceDurationMs(plan) + tagsIdleMs)));
  const { guests } = plan.profile;
  const mixed = new Set(guests.map(({ group }) => group)).size > 1 ? ({ mixed: true } as const) : {};
  const design = defaultNeighboursDesign(guests.length, { budgetSlices, delta, alpha, ...mixed });
  const arm = armOf(experiment, baselineId);
  const measure = sliceOn(host, experiment, { stack, load });
  recordNeighbours(design);
  await runNeighbours({
    design,
    load,
    progress,
    profile: plan.profile,
    record: recordNeighbour,
    recordBlock: recordNeighboursBlock,
    random: seededRandom(plan.seed),
    measure: (seq, block) => measure({ seq, block, arm }),
  });
}

/** Raises, loads, measures and unwinds for every slice: for layers that cannot be switched under load. */
async function runCold(host: Host, experiment: Experiment): Promise<void> {
  const { enter, compared, note } = experiment;
  const measureAll = experiment.plan.turn ? measureGain : measureBlocks;
  await measureAll(experiment, (place) =>
    host.scope(async () => {
      const stack = await raiseOnly(host, experiment, { start: place.arm, onlyStart: true });
      const load = await loadOn(host, experiment, stack);
      enter('slices');
      const slice = await sliceOn(host, experiment, { stack, load })(place);
      await load.stop();
      return slice;
    }),
  );
  compared();
  const { profile, aims } = experiment.plan;
  const caps = aims.caps ? noCaps({ profile, verifies: false, cold: true }) : undefined;
  if (caps !== undefined) note({ kind: 'caps-left-out', because: caps });
}

async function raiseOnly(
  host: Host,
  { names, progress, stack }: Experiment,
  form: { start: Arm; onlyStart: boolean },
): Promise<Stack> {
  progress.phase('raising the stack');
  return raiseCounted(host, names, { stack, ...form });
}

async function loadOn(host: Host, { names, progress, load, folder }: Experiment, stack: Stack): Promise<Load> {
  progress.phase(`starting ${stack.lanes.length} guests`);
  return startGuests(host, names, { load, stack, folder });
}
