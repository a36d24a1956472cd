// All guests together: raised, frozen, started, thawed at once, asked for snapshots at slice borders.

import { join } from 'node:path';
import { deviceName } from '../host/formats/device-name.ts';
import type { Host } from '../host/host.ts';
import { isPopulated } from '../host/formats/cgroup-events.ts';
import { parseDiskStat } from '../host/formats/disk-stat.ts';
import { LoadError } from '../lib/errors.ts';
import type { GuestLimits } from '../profile/profile.ts';
import type { Names } from '../stack/names.ts';
import type { Lane } from '../stack/provider.ts';
import { chargeRings, type RingCharge } from './charge-rings.ts';
import { diskOfDomain, startDomainGuest } from './domain-guest.ts';
import { type RunningGuest, raiseGuest, startGuest, type GuestPlan } from './guest.ts';
import { type JobSection, renderJob, verifies, withDepth, writes } from './job.ts';
import type { Snapshot } from './fio-output.ts';

const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;
const pollMs = 50;
/**
 * A disk that falls silent keeps its share of a shared set of tags until its queue's timer finds it idle: 5 s and up to one
 * more of rounding (BLK_MAX_TIMEOUT in block/blk.h, blk_round_jiffies in block/blk-timeout.c, blk_mq_timeout_work in block/blk-mq.c).
 */
export const tagsIdleMs = 6_500;

export interface LoadPlan {
  readonly guests: readonly GuestLimits[];
  readonly sections: readonly JobSection[];
  /** Those of each guest, where they are not all alike. */
  readonly own?: readonly (readonly JobSection[])[];
  /** I/Os in flight of each guest, in place of what the sections say; undefined or left out: as they say. */
  readonly depths?: readonly (number | undefined)[];
  readonly seed: number;
  /** Longer than the run can last; fio is stopped, it never ends by itself. */
  readonly runtimeS: number;
}

/** What guest `i`, from 0, does. */
export function sectionsOf({ sections, own }: Pick<LoadPlan, 'sections' | 'own'>, i: number): readonly JobSection[] {
  return own?.[i] ?? sections;
}

export interface Load {
  /** The cgroup of the whole run, above all guests. */
  readonly cgroup: string;
  /** One snapshot a running guest, in their order, asked for together. */
  readonly snapshots: () => Promise<readonly Snapshot[]>;
  /** Numbers of the guests that run, in the order of their snapshots. */
  readonly running: () => readonly number[];
  /**
   * Lets these guests (numbers from 1) run and freezes the others, whose I/O in flight completes unseen. Comes back once the
   * kernel counts the frozen ones no more among those who share a set of tags.
   */
  readonly letRun: (guests: readonly number[]) => Promise<void>;
  /** Rejects when any guest's fio ends by itself. */
  readonly died: Promise<never>;
  readonly stop: () => Promise<void>;
  /** Whether the guests check what they read. */
  readonly verifies: boolean;
  /** How far the work of the rings could be charged to their guests; left out: the guests have no rings with threads. */
  readonly rings?: RingCharge;
}

/** The cgroup above all guests: made before the stack, because a ring's helpers live below it too. */
export async function raiseRootCgroup(host: Host, names: Names): Promise<void> {
  const why = 'the guests';
  const enable = ['cpuset', 'cpu', 'io', 'memory'];
  if (names.unit) await raiseUnit(host, names.cgroup, names.unit);
  else {
    await host.apply({
      kind: 'controllers',
      path: '/sys/fs/cgroup',
      enable,
      why: 'limits and counters for each guest',
    });
    await host.apply({ kind: 'cgroup', path: names.cgroup, why });
  }
  await host.apply({ kind: 'controllers', path: names.cgroup, enable, why: 'limits and counters for each guest' });
  await raiseGroup(host, `${names.cgroup}/guests`);
}

/**
 * A cgroup that systemd has given away (Delegate=, systemd.resource-control(5)): it alone writes above it, and nothing below.
 * A unit lives as long as a process does, which waits in a cgroup of its own, as one with children may have none. It has no
 * capabilities: who has fewer than a process may not move it to another cpuset (cap_safe_nice, security/commoncap.c), and the
 * controllers of a cgroup move all that is in it.
 */
async function raiseUnit(host: Host, cgroup: string, { name, slice }: NonNullable<Names['unit']>): Promise<void> {
  const keeper = `${cgroup}/keeper`;
  // systemd takes a $ of a command for a variable, and two for one (systemd.service(5), "COMMAND LINES").
  const script = 'mkdir "$$1" && echo $$$$ >"$$1/cgroup.procs" && mkdir "$$1/ready" && exec sleep infinity';
  await host.apply({
    kind: 'exec',
    argv: [
      ...['systemd-run', '--quiet', '--collect', '--service-type=exec', `--unit=${name}`, `--slice=${slice}`],
      ...[
        '-p',
        'Delegate=yes',
        '-p',
        'CapabilityBoundingSet=',
        '-p',
        'KillSignal=SIGKILL',
        '-p',
        'SuccessExitStatus=SIGKILL',
        '-p',
        'Description=Guests of a run of layerlift',
      ],
      ...['--', '/bin/sh', '-c', script, 'layerlift-keeper', keeper],
    ],
    undo: ['systemctl', 'stop', slice],
    witness: { path: `/sys/fs/cgroup/${slice}` },
    why: 'the guests, in a cgroup that systemd gives away',
  });
  await host.find({ path: `${keeper}/ready` });
}

/** A second load beside that of the guests has a cgroup of its own; within the one of the run. */
export async function raiseGroup(host: Host, path: string): Promise<void> {
  const enable = ['cpuset', 'cpu', 'io', 'memory'];
  await host.apply({ kind: 'cgroup', path, why: 'the guests' });
  await host.apply({ kind: 'controllers', path, enable, why: 'limits and counters for each guest' });
}

export interface LoadPlace {
  /** One a guest. */
  readonly lanes: readonly Lane[];
  /** Where the job files go. */
  readonly folder: string;
  /** Name of the cgroup in that of the run that the guests' own are in; `guests` if left out. */
  readonly group?: string;
}

/** Starts every guest on its lane. The job files are written to `folder`. Throws LoadError when one does not start. */
export async function startLoad(host: Host, names: Names, plan: LoadPlan, place: LoadPlace): Promise<Load> {
  const root = `${names.cgroup}/${place.group ?? 'guests'}`;
  const guests = await Promise.all(
    place.lanes.map((lane, i) => planGuest(host, { root, plan, lane, folder: place.folder, i })),
  );
  const why = 'so that all guests begin together';
  await host.apply({ kind: 'write', path: `${root}/cgroup.freeze`, value: '1', restore: 'never', why });
  for (const guest of guests) await raiseGuest(host, guest);
  const running: RunningGuest[] = [];
  for (const guest of guests) {
    const { domain } = guest;
    running.push(await (domain ? startDomainGuest(host, { ...guest, domain }) : startGuest(host, guest)));
  }
  const died = Promise.race(running.map((guest) => guest.died));
  died.catch(() => undefined);
  const before = await Promise.all(guests.map((guest) => readIos(host, guest.deviceNumber)));
  await poll(host, died, 'every fio being in its cgroup', async () => {
    const here = guests.filter(({ domain }) => domain === undefined);
    const events = await Promise.all(here.map((guest) => host.read(`${guest.cgroup}/cgroup.events`)));
    return events.every(isPopulated);
  });
  // After the fios, so that it is undone before them: a cgroup with a thread of the kernel in it never gets empty.
  const rings = await chargeRings(host, guests);
  await host.apply({ kind: 'write', path: `${root}/cgroup.freeze`, value: '0', restore: 'never', why });
  for (const [i, { domain }] of guests.entries()) if (domain) await running[i]?.freeze(false);
  // fio installs its SIGUSR1 handler only once it does I/O. Before that, the signal kills it.
  await poll(host, died, 'I/O from every guest', async () => {
    const now = await Promise.all(guests.map((guest) => readIos(host, guest.deviceNumber)));
    return now.every((ios, i) => ios > (before[i] ?? 0));
  });
  const frozen = new Set<number>();
  const awake = (): readonly RunningGuest[] => running.filter(({ number }) => !frozen.has(number));
  const letRun = async (wanted: readonly number[]): Promise<void> => {
    // While nobody runs, nobody's share is missed.
    const newly = wanted.length > 0 && guests.some(({ number }) => !wanted.includes(number) && !frozen.has(number));
    for (const guest of running) {
      const { number } = guest;
      const freeze = !wanted.includes(number);
      if (freeze === frozen.has(number)) continue;
      await guest.freeze(freeze);
      if (freeze) frozen.add(number);
      else frozen.delete(number);
    }
    if (newly) await Promise.race([host.sleep(tagsIdleMs), died, host.stopped]);
  };
  return {
    cgroup: names.cgroup,
    ...(rings ? { rings } : {}),
    verifies: guests.some((_, i) => verifies(sectionsOf(plan, i))),
    died,
    letRun,
    running: () => awake().map(({ number }) => number),
    snapshots: () => Promise.all(awake().map((one) => one.snapshot())),
    stop: async () => {
      // A frozen fio hears no signal.
      await letRun(guests.map(({ number }) => number));
      for (const guest of running) guest.stop();
      await poll(
        host,
        undefined,
        'the end of every fio',
        () => Promise.resolve(running.every((guest) => guest.isOver())),
        stopDeadlineMs,
      ).catch(
        () => undefined, // its cgroup is killed when it is unwound
      );
    },
  };
}

async function planGuest(
  host: Host,
  spot: { root: string; plan: LoadPlan; lane: Lane; folder: string; i: number },
): Promise<GuestPlan> {
  const { root, plan, lane, folder, i } = spot;
  const number = i + 1;
  const jobFile = join(folder, `guest-${number}.fio`);
  const { domain } = lane;
  const target = {
    guest: number,
    device: domain ? diskOfDomain : lane.device,
    sectors: lane.sectors,
    seed: plan.seed + number,
    runtimeS: plan.runtimeS,
  };
  const sections = sectionsOf(plan, i);
  const job = renderJob(withDepth(sections, plan.depths?.[i]), target);
  await host.writeScratch(jobFile, job);
  const deviceNumber = (await host.read(`/sys/block/${deviceName(lane.device)}/dev`))?.trim() ?? `<${lane.device}>`;
  const readOnly = !writes(sections);
  const limits = plan.guests[i] ?? {};
  const { ringThreads } = lane;
  return {
    ...{ number, cgroup: `${root}/g${number}`, limits, deviceNumber, jobFile, job, readOnly },
    ...(domain ? { domain } : {}),
    ...(ringThreads === undefined ? {} : { ringThreads }),
  };
}

/** I/Os that a device has taken since it was made. */
async function readIos(host: Host, deviceNumber: string): Promise<number> {
  const stat = parseDiskStat(await host.read(`/sys/dev/block/${deviceNumber}/stat`));
  return (stat?.reads ?? 0) + (stat?.writes ?? 0);
}

async function poll(
  host: Host,
  died: Promise<never> | undefined,
  what: string,
  reached: () => Promise<boolean>,
  deadlineMs = startDeadlineMs,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  await host.whenMade(async () => {
    while (!(await reached())) {
      if (performance.now() > end) throw new LoadError(`${what} did not come about within ${deadlineMs / 1000} s`);
      await (died ? Promise.race([host.sleep(pollMs), died]) : host.sleep(pollMs));
    }
  });
}
