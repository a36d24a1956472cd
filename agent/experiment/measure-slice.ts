// One slice: point the junctions, settle, read everything at both borders.

import { binMs } from '../analysis/settle/series.ts';
import type { Host } from '../host/host.ts';
import type { Load } from '../load/drive.ts';
import { workBetween, type Work } from '../load/fio-output.ts';
import { watchCompletions } from '../measure/completions.ts';
import { junctionsBetween, readJunctions, sectorsBetween } from '../measure/junctions.ts';
import { astray, readLanes } from '../measure/lanes.ts';
import { measurementsBetween, readSources } from '../measure/registry.ts';
import type { Fault } from '../lib/fault.ts';
import { HostError, LateError, LoadError } from '../lib/errors.ts';
import type { Arm } from '../lib/layer.ts';
import { switchTo } from '../stack/junction.ts';
import type { Stack } from '../stack/raise.ts';
import { borderFactors, doubtsOfCounts } from './borders.ts';
import { giveWay, type Others, unlessSuffering } from './give-way.ts';
import { failedOf, goodputOf, guestRecord, latencyQuantiles } from '../findings/goodput.ts';
import { faultsOf, voidedBy } from '../findings/quality.ts';
import type { SliceRecord } from '../records/slice.ts';

export interface SliceTimes {
  readonly settleMs: number;
  /** Waited for beyond it, other in each slice, see `plan/phase.ts`. */
  readonly phaseMs: number;
  readonly measureMs: number;
  /** Whether goodput is watched from the switch on, to see that it has settled. */
  readonly watched?: boolean;
}

/** What each guest is held to, in their order. */
export interface Asked {
  /** Latency objectives in nanoseconds; null: it has none. */
  readonly objectives: readonly (number | null)[];
  /** I/Os a second of an open loop; undefined: a closed loop. */
  readonly offered?: readonly (number | undefined)[];
}

export interface SlicePlace {
  readonly seq: number;
  readonly block: number;
  readonly arm: Arm;
}

export interface SliceScene {
  readonly stack: Stack;
  readonly load: Load;
  /** Left out: nobody watches them. */
  readonly others?: Others | undefined;
}

/** A slice that was disturbed, in which the guests stood still for others, or in which fio did not answer in time, is marked void. Throws LoadError when fio dies, HostError when a swap is refused, StoppedError when the run is told to stop. */
export async function measureSlice(
  host: Host,
  on: SliceScene,
  place: SlicePlace,
  times: SliceTimes & Asked,
): Promise<SliceRecord> {
  try {
    return await measured(host, on, place, times);
  } catch (failure) {
    if (failure instanceof LateError) return voidSlice(place, { kind: 'no-answer', failure: failure.message });
    throw failure;
  }
}

function voidSlice({ seq, block, arm }: SlicePlace, fault: Fault): SliceRecord {
  return {
    ...{ version: 1, seq, block, arm: arm.id, startedAt: new Date().toISOString(), switchMs: 0 },
    ...{ goodput: 0, attainment: null, latencyNs: null, guests: [], junctions: [], measurements: {}, caveats: [] },
    voided: [fault],
  };
}

async function measured(
  host: Host,
  { stack, load, others }: SliceScene,
  place: SlicePlace,
  { objectives, offered = [], ...times }: SliceTimes & Asked,
): Promise<SliceRecord> {
  const guard = <T>(step: Promise<T>): Promise<T> => Promise.race([step, load.died, host.stopped]);
  const switchedAt = performance.now();
  await guard(switchTo(host, stack, place.arm));
  const switchMs = performance.now() - switchedAt;
  const window = await guard(readWindow(host, { stack, load, others }, times));
  if (!window) {
    if (others) await guard(giveWay(host, load, others));
    return voidSlice(place, { kind: 'paused' });
  }
  const { startedAt, from, to, settling } = window;
  const passed = sectorsBetween(from.junctions, to.junctions);
  const lost = astray(stack.junctions, place.arm, { from: from.lanes, to: to.lanes, passed });
  if (lost.length > 0) throw new HostError(lost.join('; '), 'a switch did not take effect: nothing was concluded');
  const numbers = load.running();
  const works = from.snapshots.map((snapshot, i) =>
    workOf(numbers[i] ?? 0, workBetween(snapshot, to.snapshots[i] ?? snapshot)),
  );
  const junctions = junctionsBetween(from.junctions, to.junctions);
  const bare = works.map((work, i) => {
    const number = numbers[i] ?? 0;
    const objectiveNs = objectives[number - 1] ?? null;
    return guestRecord(number, work, { objectiveNs, offeredPerSecond: offered[number - 1], verifies: load.verifies });
  });
  const counted = bare.map((guest) => ({ ...guest, failed: failedOf(guest) }));
  const factors = borderFactors(counted, junctions);
  const guests = bare.map((guest, i) => ({ ...guest, borderFactor: factors[i] ?? 1 }));
  const { goodput, attainment, caveats } = goodputOf(guests);
  const slice: SliceRecord = {
    version: 1,
    seq: place.seq,
    block: place.block,
    arm: place.arm.id,
    startedAt,
    switchMs,
    goodput,
    attainment,
    latencyNs: latencyQuantiles(works.map(({ latencies }) => latencies)),
    guests,
    junctions: [...junctions],
    ...(settling ? { settling } : {}),
    measurements: measurementsBetween(from.sources, to.sources, to.atMs - from.atMs),
    caveats: [...caveats, ...doubtsOfCounts(counted, junctions)],
    voided: null,
  };
  return { ...slice, voided: voidedBy(faultsOf(slice, times)) };
}

interface Window {
  readonly startedAt: string;
  readonly from: Border;
  readonly to: Border;
  readonly settling: SliceRecord['settling'] | undefined;
}

/** Settles and measures; begins when the switch is through. Undefined as soon as others suffer. */
async function readWindow(
  host: Host,
  { stack, load, others }: SliceScene,
  { settleMs, phaseMs, measureMs, watched = false }: SliceTimes,
): Promise<Window | undefined> {
  const switchedAt = performance.now();
  const devices = stack.lanes.map(({ device }) => device);
  const watch = watched ? watchCompletions(host, devices, binMs) : undefined;
  try {
    if (!(await unlessSuffering(host.sleep(settleMs + phaseMs), others))) return undefined;
    const startedAt = new Date().toISOString();
    const from = await readBorder(host, stack, load);
    if (!(await unlessSuffering(host.sleep(measureMs), others))) return undefined;
    const to = await readBorder(host, stack, load);
    const settling = watch && { measuredFromMs: Math.round(from.atMs - switchedAt), ...watch.stop() };
    return { startedAt, from, to, settling };
  } finally {
    watch?.stop();
  }
}

type Border = Awaited<ReturnType<typeof readBorder>>;

async function readBorder(host: Host, stack: Stack, load: Load) {
  // Counters first: they are quick, and the answer of fio takes as long as the CPU lets it.
  const atMs = performance.now();
  const scene = { host, cgroup: load.cgroup };
  const [sources, junctions, lanes] = await Promise.all([
    readSources(scene),
    readJunctions(host, stack.junctions),
    readLanes(host, stack.junctions),
  ]);
  return { atMs, sources, junctions, lanes, snapshots: await load.snapshots() };
}

function workOf(guest: number, work: Work | undefined): Work {
  if (!work) throw new LoadError(`fio of guest ${guest} reported no time between two snapshots`);
  return work;
}
