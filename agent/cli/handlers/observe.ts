// `observe`: what is full or slow in the paths of the guests of this host, as it is used now: without load and without a change.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { discoverIn } from '../../discover/graph/build.ts';
import { narrowed } from '../../discover/show/select.ts';
import { parseSnapshot } from '../../discover/snapshot.ts';
import { isControlDomain } from '../../host/formats/control-domain.ts';
import { askProgram } from '../../host/kernel/ask-program.ts';
import { collect } from '../../host/kernel/collect.ts';
import { listFolder, readText } from '../../host/kernel/files.ts';
import { within } from '../../host/kernel/deadline.ts';
import { listAny, readAny } from '../../host/read.ts';
import { otherDiskBackends } from '../../knobs/xen.ts';
import { errnoOf } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { jsonText } from '../../lib/json-text.ts';
import type { Observed } from '../../observe/document.ts';
import { observedOf, type XenPart } from '../../observe/observe.ts';
import { type Eyes, sampled } from '../../observe/sample.ts';
import { tooFewLooks } from '../../observe/show/sentences.ts';
import { observedText } from '../../observe/show/text.ts';
import { watchOf } from '../../observe/watch.ts';
import { ringsTable, roomOf, type SeenRings, sentenceOf } from '../../report/observed-rings.ts';
import { realOf } from './discover.ts';
import { look, vbdsBetween } from './observe-xen.ts';

export interface ObserveOptions {
  readonly things: readonly string[];
  readonly forMs: number;
  readonly withTools: boolean;
  readonly format: 'text' | 'json';
  readonly print: (text: string) => void;
}

const collectDeadlineMs = 60_000;

/** Throws UsageError for a thing that does not exist. */
export async function observe(options: ObserveOptions): Promise<ExitName> {
  const { seen, rings } = await observedHere(options);
  options.print(options.format === 'json' ? jsonText(seen) : observedText(seen, rings));
  if (seen.full.length > 0) return 'full';
  const isBlind = seen.counted === 0 && seen.xen === null;
  return isBlind || tooFewLooks(seen) ? 'inconclusive' : 'ok';
}

/** All that one look of `forMs` tells, and a table of Xen's rings. */
export async function observedHere({
  things,
  forMs,
  withTools,
}: Pick<ObserveOptions, 'things' | 'forMs' | 'withTools'>): Promise<{ seen: Observed; rings: readonly string[] }> {
  const pids = things.filter((word) => /^\d{1,9}$/.test(word));
  const args = [...pids.flatMap((pid) => ['--pid', pid]), ...(withTools ? ['--with-tools'] : [])];
  const snapshot = parseSnapshot(await collect(args, collectDeadlineMs), 'what scripts/collect printed');
  const found = narrowed(
    discoverIn(snapshot, pids),
    things.map((word) => ({ word, ...realOf(word) })),
  );
  const watch = watchOf(found, snapshot);
  const isXen = await isDomain0();
  const reader = { read: readAny, list: listAny };
  const from = isXen ? await ignoringDenied(() => look(reader)) : undefined;
  const withSockets = withTools || (await eyes.list('/sys/module/tcp_diag')).length > 0;
  const series = await sampled(eyes, watch, { forMs, withSockets });
  const to = from && (await ignoringDenied(() => look(reader)));
  if (!from || !to) return { seen: observedOf(series, watch), rings: [] };
  const xen: SeenRings = {
    vbds: vbdsBetween(from, to),
    unconnected: to.unconnected,
    otherBackends: await otherDiskBackends(reader),
  };
  return { seen: observedOf(series, watch, xenPart(xen)), rings: ringsTable(xen, (to.atMs - from.atMs) / 1000) };
}

async function isDomain0(): Promise<boolean> {
  const [capabilities, features] = await Promise.all(
    ['/proc/xen/capabilities', '/sys/hypervisor/properties/features'].map((path) => eyes.read(path)),
  );
  return isControlDomain(capabilities, features);
}

/** Xenstore is for root. */
async function ignoringDenied<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

function xenPart(xen: SeenRings): XenPart {
  return {
    seen: {
      vbds: xen.vbds.map((one) => ({
        ...{ vbd: one.vbd, device: one.device ?? null, sharing: one.sharing },
        ...{ iosPerSecond: one.iosPerSecond ?? null, outOfRequestsPerSecond: one.outOfRequestsPerSecond ?? null },
        ...{ inFlight: one.inFlight ?? null, latencyNs: one.latencyNs ?? null },
      })),
      unconnected: xen.unconnected.map(({ name, state }) => ({ name, state: state ?? null })),
      otherBackends: [...xen.otherBackends],
    },
    full: xen.vbds.filter((one) => roomOf(one) === 'full').map(({ vbd }) => vbd.name),
    says: sentenceOf(xen).split('\n'),
  };
}

const fileDeadlineMs = 2_000;
const programDeadlineMs = 2_000;

/** This host. */
export const eyes: Eyes = {
  read: (path) => patient(path, readText(path)),
  list: (path) => patient(path, listFolder(path)),
  ask: (program, args) => askProgram(program, args, programDeadlineMs),
  nowMs: () => performance.now(),
  sleepMs: (ms) => delay(ms),
  cpuMs: ownCpuMs,
};

async function patient<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await within(path, fileDeadlineMs, work);
  } catch (failure) {
    throw new Error(reasonFor(failure), { cause: failure });
  }
}

function reasonFor(failure: unknown): string {
  const code = errnoOf(failure);
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  return code ?? (failure instanceof Error ? failure.message.replace(/^.*: /, '') : 'not read');
}

/** proc(5): time of children that have ended, in ticks of USER_HZ, which is 100 on all of Linux' common machines. */
const msOfTick = 10;

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  // Fields 16 and 17: cutime and cstime; the third field is the first here.
  const children = (fields[13] ?? 0) + (fields[14] ?? 0);
  return (user + system) / 1000 + children * msOfTick;
}
