// The pilot: every layer is switched to its stub and back under the running load, to see how long goodput takes to settle.
// Its settle time holds for all arms: a settle time that differs from arm to arm would bias their comparison.

import { binMs } from '../analysis/settle/series.ts';
import { settleOf } from '../analysis/settle/settle.ts';
import type { Host } from '../host/host.ts';
import { nameArm } from '../lib/arm.ts';
import { UnsteadyError } from '../lib/errors.ts';
import type { Arm, Layer } from '../lib/layer.ts';
import { sum } from '../lib/numbers.ts';
import { renderDuration } from '../lib/units.ts';
import type { Load } from '../load/drive.ts';
import { workBetween } from '../load/fio-output.ts';
import { watchCompletions } from '../measure/completions.ts';
import { junctionsBetween, type JunctionWork, readJunctions } from '../measure/junctions.ts';
import { pilotTimes, usesPilot } from '../plan/pilot.ts';
import type { Plan } from '../plan/plan.ts';
import { switchTo } from '../stack/junction.ts';
import type { Stack } from '../stack/raise.ts';
import { bordersKnown } from './borders.ts';
import { type PilotRecord, planAfter } from '../records/pilot.ts';
import { giveWay, type Others } from './give-way.ts';
import type { Progress } from './progress.ts';
import { refusalOf } from './unsteady.ts';

type PilotLeg = PilotRecord['legs'][number];

/** The part of an experiment that the pilot needs. */
export interface PilotResult {
  /** Who watches the other tenants; left out: nobody. */
  readonly others?: Others;
  readonly plan: Plan;
  readonly progress: Progress;
  readonly recordPilot: (pilot: PilotRecord) => void;
}

/** However long a switch takes, so much after it is read. */
const leastReadMs = 1000;

/**
 * A layer that looks too slow is visited again: what is slow looks so each time, something else on the host does not. Where
 * goodput wanders by a fifth within two seconds, by itself, one visit in five to fifteen looks too slow (simulated).
 */
const mostVisits = 4;
/** A settle time beyond this costs a run more than the second look that may spare it, milliseconds. */
const [dearMs, dearVisits] = [2000, 2];

/**
 * The experiment with the settle time that its pilot finds; as it is where the profile gives one.
 *
 * @throws UnsteadyError when goodput takes longer to settle than slices can wait, in each of four visits; what was read is recorded before.
 * Throws LoadError when fio dies, HostError when a swap is refused, StoppedError when the run is told to stop.
 */
export async function afterPilot<E extends PilotResult>(
  host: Host,
  experiment: E,
  { stack, load }: { stack: Stack; load: Load },
): Promise<E> {
  const { plan, progress, recordPilot, others } = experiment;
  if (!usesPilot(plan)) return experiment;
  const begun = performance.now();
  let started = begun;
  const { design } = plan;
  const layers = design.layers.filter((layer) => design.arms.includes(nameArm([layer], design.layers).id));
  const { warmUpMs, switchMs } = pilotTimes(design.layers.length);
  const guard = <T>(step: Promise<T>): Promise<T> => Promise.race([step, load.died, host.stopped]);
  progress.phase('pilot: how long goodput takes to settle after a switch');
  const known = await guard(countsAgree(host, { stack, load }, warmUpMs));
  const legs: PilotLeg[] = [];
  const visit = async (layer: Layer): Promise<void> => {
    for (const to of ['stub', 'deployed'] as const) {
      const arm = nameArm(to === 'stub' ? [layer] : [], design.layers);
      if (others?.isSuffering()) {
        const paused = performance.now();
        await guard(giveWay(host, load, others));
        await guard(host.sleep(warmUpMs));
        started += performance.now() - paused;
      }
      // By the clock of the whole pilot: what one switch takes longer, the next does not add to.
      const endAtMs = started + warmUpMs + (legs.length + 1) * switchMs;
      legs.push({ layer, to, ...(await guard(readSwitch(host, stack, arm, endAtMs))) });
    }
  };
  for (const layer of layers) await visit(layer);
  let settle = settleOf(legs);
  for (;;) {
    const { slowest } = settle;
    const visits = settle.kind === 'refused' ? mostVisits : settle.settleMs > dearMs ? dearVisits : 0;
    if (!slowest || visitsOf(legs, slowest.layer) >= visits) break;
    await visit(slowest.layer);
    settle = settleOf(legs);
  }
  const pilot: PilotRecord = { version: 1, spentMs: performance.now() - begun, legs, bordersKnown: known };
  recordPilot(pilot);
  if (settle.kind === 'refused') throw new UnsteadyError(refusalOf(settle));
  progress.phase(`pilot: every slice settles for ${renderDuration(settle.settleMs * 1e6)}`);
  return { ...experiment, plan: planAfter(plan, pilot) };
}

function visitsOf(legs: readonly PilotLeg[], layer: Layer): number {
  return legs.filter((leg) => leg.layer === layer && leg.to === 'stub').length;
}

/** Whether the junctions count what fio counts, over `ms` of the stack as deployed. */
async function countsAgree(host: Host, { stack, load }: { stack: Stack; load: Load }, ms: number): Promise<boolean> {
  const read = async () => ({
    junctions: await readJunctions(host, stack.junctions),
    snapshots: await load.snapshots(),
  });
  const from = await read();
  await host.sleep(ms);
  const to = await read();
  const numbers = load.running();
  const guests = from.snapshots.flatMap((one, i) => {
    const work = workBetween(one, to.snapshots[i] ?? one);
    return work ? [{ ...work, guest: numbers[i] ?? 0, failed: 0 }] : [];
  });
  return guests.length === numbers.length && bordersKnown(guests, junctionsBetween(from.junctions, to.junctions));
}

async function readSwitch(
  host: Host,
  stack: Stack,
  arm: Arm,
  endAtMs: number,
): Promise<Pick<PilotLeg, 'switchMs' | 'completions' | 'latencyNs'>> {
  const started = performance.now();
  await switchTo(host, stack, arm);
  const switchMs = performance.now() - started;
  const watch = watchCompletions(
    host,
    stack.lanes.map(({ device }) => device),
    binMs,
  );
  try {
    const from = await readJunctions(host, stack.junctions);
    await host.sleep(Math.max(leastReadMs, endAtMs - performance.now()));
    const latencyNs = latencyAbove(junctionsBetween(from, await readJunctions(host, stack.junctions)));
    return { switchMs, completions: watch.stop(), ...(latencyNs === undefined ? {} : { latencyNs }) };
  } finally {
    watch.stop();
  }
}

/** Mean latency at the topmost junctions; undefined where no I/O passed them. */
function latencyAbove(junctions: readonly JunctionWork[]): number | undefined {
  const top = junctions.filter(({ layer }) => layer === junctions.at(-1)?.layer);
  const rate = sum(top.map(({ iosPerSecond }) => iosPerSecond));
  const latencyNs = sum(top.map(({ iosPerSecond, meanLatencyNs }) => iosPerSecond * meanLatencyNs)) / rate;
  return latencyNs > 0 ? latencyNs : undefined;
}
