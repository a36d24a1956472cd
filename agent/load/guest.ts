// One guest: a cgroup with its limits and a fio in it, asked for snapshots by SIGUSR1.

import type { Child } from '../host/child.ts';
import type { Host } from '../host/host.ts';
import { LateError, LoadError, reasonOf } from '../lib/errors.ts';
import type { Domain } from '../lib/xen.ts';
import type { GuestLimits } from '../profile/profile.ts';
import { decodeSnapshot, DocumentSplitter, type Snapshot } from './fio-output.ts';
import { oomDeath } from './oom-death.ts';

const snapshotDeadlineMs = 10_000;

export interface GuestPlan {
  readonly number: number;
  readonly cgroup: string;
  readonly limits: GuestLimits;
  /** `major:minor` of the device that it opens; io.max speaks in these. */
  readonly deviceNumber: string;
  readonly jobFile: string;
  /** The text in it. */
  readonly job: string;
  readonly readOnly: boolean;
  /** The domain that it is; left out: a cgroup of this host. */
  readonly domain?: Domain;
  /** The start of the names of the kernel threads that do its ring's work; left out: there are none. */
  readonly ringThreads?: string;
}

/** Makes the guest's cgroup and sets its limits. */
export async function raiseGuest(host: Host, guest: GuestPlan): Promise<void> {
  const { cgroup, limits, number } = guest;
  const why = `guest ${number}`;
  await host.apply({ kind: 'cgroup', path: cgroup, why });
  const set = async (file: string, value: string | undefined): Promise<void> => {
    if (value !== undefined)
      await host.apply({ kind: 'write', path: `${cgroup}/${file}`, value, restore: 'never', why });
  };
  await set('cpuset.cpus', limits.cpuset);
  await set('cpu.max', limits.cpuMax);
  await set('memory.max', limits.memoryMax?.toString());
  await set('io.max', ioMaxLine(guest));
  await set('io.weight', limits.ioWeight?.toString());
}

export function ioMaxLine({ limits, deviceNumber }: Pick<GuestPlan, 'limits' | 'deviceNumber'>): string | undefined {
  const entries = Object.entries(limits.ioMax ?? {}).filter(([, value]) => value !== undefined);
  return entries.length > 0
    ? `${deviceNumber} ${entries.map(([key, value]) => `${key}=${value}`).join(' ')}`
    : undefined;
}

export interface RunningGuest {
  readonly number: number;
  /** A fresh snapshot. Throws LoadError when fio has ended or does not answer. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Rejects with LoadError as soon as fio ends by itself; never resolves. */
  readonly died: Promise<never>;
  /** Lets it run or freezes it; its I/O in flight completes. */
  readonly freeze: (frozen: boolean) => Promise<void>;
  /** Tells fio to end; resolves at once. */
  readonly stop: () => void;
  /** Whether fio has ended, and gave all that it had to say. */
  readonly isOver: () => boolean;
}

/** Starts fio in the guest's cgroup. Where that is frozen, fio begins when it is thawed. */
export async function startGuest(host: Host, guest: GuestPlan): Promise<RunningGuest> {
  const argv = ['fio', '--output-format=json+', ...(guest.readOnly ? ['--readonly'] : []), guest.jobFile];
  const child = await host.spawn({
    kind: 'spawn',
    name: `fio of guest ${guest.number}`,
    argv,
    cgroup: guest.cgroup,
    why: `the load of guest ${guest.number}`,
  });
  const waiting: ((snapshot: Snapshot) => void)[] = [];
  const splitter = new DocumentSplitter();
  let stopped = false;
  let over = false;
  const died = new Promise<never>((_, reject) => {
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      try {
        for (const document of splitter.push(text)) {
          const snapshot = decodeSnapshot(document);
          if (snapshot) waiting.shift()?.(snapshot);
          else reject(new LoadError(`fio of guest ${guest.number} printed a document that is no snapshot of its own`));
        }
      } catch (failure) {
        child.stdout.removeAllListeners('data').resume();
        reject(failure instanceof Error ? failure : new LoadError(reasonOf(failure)));
      }
    });
    void child.exited.then(async (exit) => {
      over = true;
      if (!stopped) reject(await deathOf(host, guest, exit));
    });
  });
  // A death that nobody waits for yet must not end the agent.
  died.catch(() => undefined);
  return {
    number: guest.number,
    died,
    snapshot: () => Promise.race([askSnapshot(() => child.signal('SIGUSR1'), waiting, guest.number), died]),
    freeze: async (frozen) => {
      const value = frozen ? '1' : '0';
      const path = `${guest.cgroup}/cgroup.freeze`;
      await host.apply({ kind: 'write', path, value, restore: 'never', why: 'who runs' });
    },
    stop: () => {
      stopped = true;
      child.signal('SIGINT');
    },
    isOver: () => over,
  };
}

/** Asks a fio; `waiting` are those who get the snapshots that it prints, in order. */
export function askSnapshot(
  ask: () => void,
  waiting: ((snapshot: Snapshot) => void)[],
  guest: number,
): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    const take = (snapshot: Snapshot): void => {
      clearTimeout(late);
      resolve(snapshot);
    };
    const late = setTimeout(() => {
      // Asked twice, fio may answer once: who no longer waits must not take the answer of the next.
      waiting.splice(waiting.indexOf(take), 1);
      reject(new LateError(`fio of guest ${guest} gave no snapshot within ${snapshotDeadlineMs / 1000} s`));
    }, snapshotDeadlineMs);
    waiting.push(take);
    ask();
  });
}

async function deathOf(
  host: Host,
  { number, cgroup, limits }: GuestPlan,
  exit: Awaited<Child['exited']>,
): Promise<LoadError> {
  const events = (await host.read(`${cgroup}/memory.events`)) ?? '';
  const outOfMemory = oomDeath(number, events, limits.memoryMax);
  if (outOfMemory) return outOfMemory;
  const how = exit.signal ? `by ${exit.signal}` : `with exit status ${exit.code ?? '?'}`;
  const said = exit.stderr.trim().split('\n').filter(Boolean).slice(-3).join(' | ');
  return new LoadError(
    `fio of guest ${number} ended in mid-run ${how}${said ? `: ${said}` : ''}`,
    'its job file is in the run folder',
  );
}
