// Takes the readings: two or more looks at everything, and between them many instants of what is in flight. It spends as much
// CPU as it may and no more: what a reading costs decides how often it is taken.

import { parseTagSet } from '../lib/tag-set.ts';
import type { Missing } from '../discover/snapshot.ts';
import { inFlightIn, statPath } from './decode/disks.ts';
import { servesDisks } from './decode/threads.ts';
import type { Look, QueueUse, Series, Tick } from './series.ts';
import type { Watch } from './watch.ts';

/** The host as it is looked at. Nothing here changes it. */
export interface Eyes {
  /** Undefined where there is no such file. Throws where it may not be read, or gives no answer in time. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly list: (path: string) => Promise<readonly string[]>;
  /** What a program prints; undefined where it is not installed, fails or is late. */
  readonly ask: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly nowMs: () => number;
  readonly sleepMs: (ms: number) => Promise<void>;
  /** CPU time of this process, and of its programs as far as they have ended. */
  readonly cpuMs: () => number;
}

/** Shares of one CPU: what instants may take, and what looks may take beside the first and the last. */
const tickShare = 0.003;
const lookShare = 0.003;
const shortestTickMs = 50;
/** Some more than an answer needs: on a slow machine they cost more, and have to be. */
const fewestTicks = 12;
/** Looks between the first and the last. */
const mostBetween = 3;
/** From so many devices on, one file with all of them costs less. */
const manyFiles = 200;

export interface SampleOptions {
  readonly forMs: number;
  /** ss(8) loads a module where it is not there. */
  readonly withSockets: boolean;
  /** Ends it before its time, with a last look. */
  readonly until?: AbortSignal;
}

export async function sampled(eyes: Eyes, watch: Watch, { forMs, withSockets, until }: SampleOptions): Promise<Series> {
  const beforeCpuMs = eyes.cpuMs();
  const missing = new Map<string, Missing>();
  const careful = carefulReader(eyes, missing);
  const looks = [await lookOnce(careful, watch, withSockets)];
  // What the first look takes, on a slow machine a second or more, is not time in which instants are seen.
  const began = eyes.nowMs();
  const lookCpuMs = Math.max(1, eyes.cpuMs() - beforeCpuMs);
  const between = Math.min(mostBetween, Math.floor((forMs * lookShare) / lookCpuMs));
  const dues = Array.from({ length: between }, (_, i) => began + (forMs * (i + 1)) / (between + 1));
  const ticks: Tick[] = [];
  const debugged = new Set(watch.gauged.length > 0 ? await careful.list(debugfs) : []);
  if (watch.gauged.length > 0 && debugged.size === 0)
    missing.set(debugfs, {
      what: 'single hardware queues',
      why: 'debugfs shows them, where it is mounted, and to root alone',
    });
  const over = until && endOf(until);
  let tickCpuMs = 0;
  while (eyes.nowMs() < began + forMs && until?.aborted !== true) {
    const due = dues[0];
    if (due !== undefined && eyes.nowMs() >= due) {
      dues.shift();
      looks.push(await lookOnce(careful, watch, withSockets));
    }
    const [before, atMs] = [eyes.cpuMs(), eyes.nowMs()];
    if (watch.gauged.length > 0) ticks.push(await tickOnce(careful, { watch, debugged, turn: ticks.length }));
    const spent = eyes.cpuMs() - before;
    // The first ones also pay for compiling the code.
    tickCpuMs = ticks.length <= 3 ? spent : 0.8 * tickCpuMs + 0.2 * spent;
    const pause = Math.min(forMs / fewestTicks, Math.max(shortestTickMs, tickCpuMs / tickShare));
    // Uneven steps, so that no rhythm of the load can hide between them.
    const step = pause * (0.5 + ((ticks.length * 0.618_033_988_75) % 1));
    const rest = step - (eyes.nowMs() - atMs);
    const sleep = eyes.sleepMs(Math.max(1, Math.min(rest, began + forMs - eyes.nowMs())));
    await (over ? Promise.race([sleep, over]) : sleep);
  }
  looks.push(await lookOnce(careful, watch, withSockets));
  const cpuMs = eyes.cpuMs() - beforeCpuMs;
  return { looks, ticks, missing: [...missing.values()], cost: { cpuMs, beforeCpuMs } };
}

/** Resolves when `until` is aborted. */
function endOf(until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) resolve();
    else until.addEventListener('abort', () => resolve(), { once: true });
  });
}

type Careful = Pick<Eyes, 'read' | 'list' | 'ask' | 'nowMs'>;

/** What failed once is said, and not tried again: it may hang each time. */
function carefulReader(eyes: Eyes, missing: Map<string, Missing>): Careful {
  const lost = <T>(what: string, failure: unknown, instead: T): T => {
    missing.set(what, { what, why: failure instanceof Error ? failure.message : String(failure) });
    return instead;
  };
  return {
    nowMs: eyes.nowMs,
    ask: eyes.ask,
    read: async (path) => {
      if (missing.has(path)) return undefined;
      try {
        return await eyes.read(path);
      } catch (failure) {
        lost(path, failure, undefined);
        return undefined;
      }
    },
    list: async (path) => {
      if (missing.has(path)) return [];
      try {
        return await eyes.list(path);
      } catch (failure) {
        return lost(path, failure, []);
      }
    },
  };
}

const hostFiles = ['/proc/stat', '/proc/net/dev', ...['cpu', 'io', 'memory'].map((name) => `/proc/pressure/${name}`)];
const cgroupFiles = ['io.max', 'io.stat', 'cpu.max', 'cpu.stat', 'io.pressure', 'cpu.pressure'];
const kernelThreads = '/proc/2/task/2/children';
const mostAddresses = 16;

/** Everything but what is in flight. Counters of devices come first and together. */
async function lookOnce(eyes: Careful, watch: Watch, withSockets: boolean): Promise<Look> {
  const texts = new Map<string, string>();
  const take = async (path: string): Promise<string | undefined> => {
    const text = await eyes.read(path);
    if (text !== undefined) texts.set(path, text);
    return text;
  };
  const atMs = eyes.nowMs();
  await Promise.all(countersOf(watch.counted).map(take));
  await Promise.all(hostFiles.map(take));
  for (const cgroup of watch.cgroups) await Promise.all(cgroupFiles.map((name) => take(`${cgroup}/${name}`)));
  for (const { pid } of watch.processes) {
    for (const id of await eyes.list(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${id}`;
      if ((await take(`${folder}/comm`)) !== undefined) await take(`${folder}/schedstat`);
    }
  }
  for (const id of ((await take(kernelThreads)) ?? '').split(' ').filter((word) => /^\d+$/.test(word))) {
    const name = await eyes.read(`/proc/${id}/comm`);
    if (name === undefined || !servesDisks(name)) continue;
    texts.set(`/proc/${id}/comm`, name);
    await take(`/proc/${id}/schedstat`);
  }
  if (watch.addresses.length > 0) await lookAtNetwork(eyes, { watch, texts, withSockets });
  return { atMs, texts };
}

function countersOf(names: readonly string[]): readonly string[] {
  return names.length > manyFiles ? ['/proc/diskstats'] : names.map(statPath);
}

async function lookAtNetwork(
  eyes: Careful,
  { watch, texts, withSockets }: { watch: Watch; texts: Map<string, string>; withSockets: boolean },
): Promise<void> {
  const addresses = watch.addresses.slice(0, mostAddresses).map(({ address }) => address);
  const take = async (name: string, program: string, args: readonly string[]): Promise<string | undefined> => {
    const text = await eyes.ask(program, args);
    if (text !== undefined) texts.set(name, text);
    return text;
  };
  const interfaces = new Set<string>();
  for (const address of addresses) {
    const host = address.replace(/:\d+$/, '').replace(/[[\]]/g, '');
    const route = await take(`route ${address}`, 'ip', ['-o', 'route', 'get', host]);
    const name = /\bdev (\S+)/.exec(route ?? '')?.[1];
    if (name !== undefined) interfaces.add(name);
  }
  for (const name of interfaces) await take(`tc ${name}`, 'tc', ['-j', '-s', 'qdisc', 'show', 'dev', name]);
  if (withSockets) {
    const any = addresses.map((address) => `dst ${address}`).join(' or ');
    await take('ss', 'ss', ['-tinOH', `( ${any} )`]);
  }
}

const debugfs = '/sys/kernel/debug/block';
/** Of one device at one instant; the others come next time. */
const mostQueues = 16;

async function tickOnce(
  eyes: Careful,
  { watch, debugged, turn }: { watch: Watch; debugged: ReadonlySet<string>; turn: number },
): Promise<Tick> {
  const atMs = eyes.nowMs();
  const files = countersOf(watch.gauged);
  const read = await Promise.all(files.map(async (path) => [path, (await eyes.read(path)) ?? ''] as const));
  const inFlight = inFlightIn(new Map(read), watch.gauged);
  const queues = new Map<string, readonly QueueUse[]>();
  for (const name of watch.gauged) {
    if (!debugged.has(name) || (inFlight.get(name) ?? 0) === 0) continue;
    const used = await queuesOf(eyes, name, turn);
    if (used.length > 0) queues.set(name, used);
  }
  return { atMs, inFlight, queues };
}

async function queuesOf(eyes: Careful, name: string, turn: number): Promise<readonly QueueUse[]> {
  const all = (await eyes.list(`${debugfs}/${name}`)).filter((entry) => /^hctx\d+$/.test(entry));
  const from = all.length > mostQueues ? (turn * mostQueues) % all.length : 0;
  const some = [...all, ...all].slice(from, from + Math.min(mostQueues, all.length));
  const used = await Promise.all(
    some.map(async (queue): Promise<readonly QueueUse[]> => {
      const folder = `${debugfs}/${name}/${queue}`;
      const [own, above] = await Promise.all([eyes.read(`${folder}/tags`), eyes.read(`${folder}/sched_tags`)]);
      const tags = parseTagSet(own ?? '');
      return tags ? [{ queue, ...tags, scheduler: parseTagSet(above ?? '') }] : [];
    }),
  );
  return used.flat();
}
