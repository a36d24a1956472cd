// The cap probe on the live stack: the media becomes a fixed delay, and the load is started at the depths that the
// engine asks for. Everything applied here is unwound when the caller's scope ends.

import { guestFacts } from '../lib/guest.ts';
import { firstGuests } from '../analysis/neighbours/design.ts';
import { join } from 'node:path';
import type { CapsPoint, Visit } from '../analysis/caps/design.ts';
import { decideCaps } from '../analysis/caps/engine.ts';
import type { Host } from '../host/host.ts';
import { inLayerOrder, type Arm } from '../lib/layer.ts';
import { type Random, shuffled } from '../lib/random.ts';
import { renderDuration } from '../lib/units.ts';
import { type Load, type LoadPlace, raiseGroup, startLoad, tagsIdleMs } from '../load/drive.ts';
import { capsSections } from '../load/job.ts';
import { phaseMs } from '../plan/phase.ts';
import { type CapsPlan, timesOver } from '../plan/caps.ts';
import { raiseDelays } from '../stack/delays.ts';
import type { Stack } from '../stack/raise.ts';
import type { Experiment } from './context.ts';
import { measureSlice } from './measure-slice.ts';
import type { CapsPointRecord } from '../records/caps.ts';
import { whatCountsOfCaps } from '../findings/caps.ts';
import { voidedWithoutIo } from '../findings/quality.ts';

interface Probing {
  readonly host: Host;
  readonly experiment: Experiment;
  readonly stack: Stack;
  readonly plan: CapsPlan;
  readonly random: Random;
}

/** Throws LoadError, HostError or StoppedError; points recorded before stay recorded. */
export async function runCaps(probing: Omit<Probing, 'stack'>, raised: Stack): Promise<void> {
  const { host, experiment, plan } = probing;
  const stacks = new Map<number, Stack>();
  const over = async (delayNs: number): Promise<Stack> => {
    const place = { plan: experiment.stack, stack: raised, delayNs, number: stacks.size + 1 };
    const stack = stacks.get(delayNs) ?? (await raiseDelays(host, experiment.names, place));
    stacks.set(delayNs, stack);
    return stack;
  };
  const records: CapsPointRecord[] = [];
  for (let visit = 0; ; visit++) {
    const { design, observations } = whatCountsOfCaps(plan.design, experiment.plan.profile, records);
    const decision = decideCaps(design, observations);
    if (decision.kind === 'done') return;
    experiment.progress.phase(textOf(decision.visit, observations.length));
    const stack = await over(decision.visit.delayNs);
    records.push(...(await host.scope(() => runVisit({ ...probing, stack }, decision.visit, visit))));
    experiment.recordVisit(whatCountsOfCaps(plan.design, experiment.plan.profile, records).observations);
  }
}

function textOf({ depth, points, delayNs }: Visit, done: number): string {
  const delay = renderDuration(delayNs);
  return `caps: ${points.length} points with ${depth} in flight for each guest over ${delay} (${done} done)`;
}

/** Starts the load once and measures every point in it. */
async function runVisit(probing: Probing, visit: Visit, number: number): Promise<readonly CapsPointRecord[]> {
  const { host, experiment, stack, random } = probing;
  const { load: loadPlan, names } = experiment;
  const { guests, seed, runtimeS } = loadPlan;
  // All guests alike, so that half of them stand for the others: the I/O of the first group.
  const sections = capsSections(loadPlan.sections, visit.depth);
  const folder = join(experiment.folder, `visit-${number + 1}`);
  const start = (place: Pick<LoadPlace, 'lanes' | 'group'>): Promise<Load> =>
    startLoad(host, names, { guests, sections, seed, runtimeS }, { ...place, folder: join(folder, place.group ?? '') });
  const load = await start({ lanes: stack.lanes });
  const past = await startPast(probing, load, start);
  const records: CapsPointRecord[] = [];
  for (const point of inOrder(visit.points, random)) {
    const arm = armOf(point, experiment.plan.design.layers);
    const [runs, rests] = past && !goesThroughRing(point) ? [past, load] : [load, past];
    const ran = rests?.running().length ?? 0;
    await rests?.letRun([]);
    await runs.letRun(firstGuests(point.guests));
    // Waits for the disks that fall silent as the load changes, too.
    if (visit.afresh && ran > point.guests) await host.sleep(tagsIdleMs);
    const place = { seq: records.length, block: number, arm };
    const { settleMs, measureMs } = timesOver(visit.delayNs);
    const phase = phaseMs({ seed: experiment.plan.seed, measureMs, latencyMs: visit.delayNs / 1e6 }, place);
    const times = { settleMs, phaseMs: phase, measureMs, objectives: [] };
    const slice = await measureSlice(host, { stack, load: runs, others: experiment.others }, place, times);
    const judgedSlice = { ...slice, voided: voidedWithoutIo(slice) };
    const record = { visit: number, depth: visit.depth, delayNs: visit.delayNs, ...point, slice: judgedSlice };
    experiment.recordPoint(record);
    records.push(record);
  }
  for (const one of [load, past]) await one?.stop();
  return records;
}

/** Guests that are domains cannot leave their ring: what is to be measured without it is asked of a load on this host. */
async function startPast(
  { host, experiment, stack }: Probing,
  load: Load,
  start: (place: Pick<LoadPlace, 'lanes' | 'group'>) => Promise<Load>,
): Promise<Load | undefined> {
  if (!guestFacts[experiment.plan.profile.guest].ownKernel) return undefined;
  // Their I/O would be taken for that of those who begin.
  await load.letRun([]);
  const group = 'past-the-ring';
  await raiseGroup(host, `${experiment.names.cgroup}/${group}`);
  return start({ lanes: stack.lanes.map(({ device, sectors }) => ({ device, sectors })), group });
}

function goesThroughRing({ subject }: CapsPoint): boolean {
  return subject === 'ring' || subject === 'stack';
}

/** In random order, but those of the same guests one after another: to freeze a guest takes seconds. */
function inOrder(points: Visit['points'], random: Random): Visit['points'] {
  const whoOf = (point: CapsPoint): string => `${point.guests} ${goesThroughRing(point)}`;
  const groups = shuffled([...new Set(points.map(whoOf))], random);
  return groups.flatMap((who) =>
    shuffled(
      points.filter((point) => whoOf(point) === who),
      random,
    ),
  );
}

/** The junctions' setting for a point: the subject deployed, all else stubbed, the media a delay unless it is the subject. */
export function armOf({ subject, delay }: CapsPoint, layers: Experiment['plan']['design']['layers']): Arm {
  const deployed = subject === 'stack' ? layers : layers.filter((layer) => layer === subject);
  const stubbed = inLayerOrder(layers.filter((layer) => layer !== 'media' && !deployed.includes(layer)));
  const id = `${subject}@${subject === 'media' ? 'media' : delay}`;
  return subject === 'media' ? { id, stubbed } : { id, stubbed, media: delay === 'full' ? 'delay' : 'half-delay' };
}
