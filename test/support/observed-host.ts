// A host that is looked at, in memory: counters of devices, threads, cgroups and sockets as functions of the time, behind the
// same eyes as a real one. What its snapshot tells is the caller's.

import { discoverIn } from '../../agent/discover/graph/build.ts';
import { parseSnapshot } from '../../agent/discover/snapshot.ts';
import type { Observed } from '../../agent/observe/document.ts';
import { observedOf } from '../../agent/observe/observe.ts';
import { type Eyes, sampled } from '../../agent/observe/sample.ts';
import { watchOf } from '../../agent/observe/watch.ts';
import { type Random, seededRandom } from '../../agent/lib/random.ts';

export interface SimDisk {
  readonly iosPerSecond: number;
  readonly latencyMs: number;
  /** What its driver has at an instant. */
  readonly inFlight: (random: Random, tMs: number) => number;
  /** What waits for the driver beside, on average. */
  readonly waiting?: number;
  readonly bytes?: number;
}

export interface SimThread {
  readonly comm: string;
  /** `PID/task/TID` of a process, or the number of a thread of the kernel. */
  readonly at: string;
  readonly cpu: number;
  readonly wait?: number;
}

export interface SimHost {
  readonly snapshot: string;
  readonly disks?: Readonly<Record<string, SimDisk>>;
  readonly threads?: readonly SimThread[];
  /** Any other file, and the answers of programs by their name. */
  readonly files?: Readonly<Record<string, (seconds: number) => string | Error>>;
  readonly programs?: Readonly<Record<string, (seconds: number, args: readonly string[]) => string>>;
  readonly cpuBusy?: number;
  /** What each reading of a file costs, in milliseconds of CPU. */
  readonly readCpuMs?: number;
  /** And of time. */
  readonly slowMs?: number;
  readonly asked?: readonly string[];
}

export function stat(
  { iosPerSecond, latencyMs, waiting = 0, bytes = 4096 }: SimDisk,
  now: number,
  mean: number,
  seconds: number,
): string {
  const ios = Math.round(iosPerSecond * seconds);
  const sectors = Math.round((ios * bytes) / 512);
  const queue = Math.round((mean + waiting) * seconds * 1000);
  return [
    ios,
    0,
    sectors,
    Math.round(ios * latencyMs),
    0,
    0,
    0,
    0,
    now,
    Math.round(seconds * 1000),
    queue,
    0,
    0,
    0,
    0,
    0,
    0,
  ].join(' ');
}

/** Everything that was read, by path, and how often. */
export type Reads = Map<string, number>;

export async function observeHost(
  host: SimHost,
  { seed = 1, forMs = 10_000, reads = new Map() as Reads } = {},
): Promise<Observed> {
  const random = seededRandom(seed);
  const snapshot = parseSnapshot(host.snapshot, 'a host');
  const watch = watchOf(discoverIn(snapshot, host.asked), snapshot);
  return observedOf(await sampled(eyesOn(host, random, reads), watch, { forMs, withSockets: true }), watch);
}

function eyesOn(host: SimHost, random: Random, reads: Reads): Eyes {
  let nowMs = 5_000;
  let cpuMs = 0;
  const seconds = (): number => nowMs / 1000;
  const threads = host.threads ?? [];
  const means = new Map<string, readonly number[]>();
  const files: Record<string, () => string | Error | undefined> = {
    '/proc/stat': () => {
      const ticks = Math.round(seconds() * 400);
      const busy = Math.round(ticks * (host.cpuBusy ?? 0.1));
      return `cpu  ${busy} 0 0 ${ticks - busy} 0 0 0 0 0 0\n${[0, 1, 2, 3].map((n) => `cpu${n} 0`).join('\n')}\n`;
    },
    '/proc/2/task/2/children': () =>
      threads
        .filter(({ at }) => /^\d+$/.test(at))
        .map(({ at }) => `${at} `)
        .join(''),
    ...Object.fromEntries(
      threads.flatMap(({ at, comm, cpu, wait = 0 }) => [
        [`/proc/${at}/comm`, () => `${comm}\n`],
        [
          `/proc/${at}/schedstat`,
          () => `${Math.round(cpu * seconds() * 1e9)} ${Math.round(wait * seconds() * 1e9)} 7\n`,
        ],
      ]),
    ),
    ...Object.fromEntries(Object.entries(host.files ?? {}).map(([path, text]) => [path, () => text(seconds())])),
  };
  const read = (path: string): string | Error | undefined => {
    const name = /^\/sys\/class\/block\/([^/]+)\/stat$/.exec(path)?.[1];
    const disk = name === undefined ? undefined : host.disks?.[name];
    if (name === undefined || !disk) return files[path]?.();
    const now = disk.inFlight(random, nowMs);
    const before = means.get(name) ?? Array.from({ length: 400 }, (_, i) => disk.inFlight(seededRandom(i + 1), i * 25));
    means.set(name, before);
    return stat(disk, now, before.reduce((a, b) => a + b, 0) / before.length, seconds());
  };
  return {
    read: (path) => {
      reads.set(path, (reads.get(path) ?? 0) + 1);
      cpuMs += host.readCpuMs ?? 0.02;
      nowMs += host.slowMs ?? 0;
      const text = read(path);
      return text instanceof Error ? Promise.reject(text) : Promise.resolve(text);
    },
    list: (path) => {
      const below = [...Object.keys(files)].flatMap((file) =>
        file.startsWith(`${path}/`) ? (file.slice(path.length + 1).split('/')[0] ?? '') : [],
      );
      return Promise.resolve([...new Set(below)]);
    },
    ask: (program, args) => {
      cpuMs += 3;
      return Promise.resolve(host.programs?.[program]?.(seconds(), args));
    },
    nowMs: () => nowMs,
    sleepMs: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
    cpuMs: () => cpuMs,
  };
}

/** Between two bounds, the upper most often: a queue that is kept full has a place free for a moment. */
export const keptFull =
  (limit: number) =>
  (random: Random): number =>
    limit - (random.below(4) === 0 ? random.below(2) : 0);

/** Anything from 0 to a bound. */
export const upTo =
  (most: number) =>
  (random: Random): number =>
    random.below(most + 1);
