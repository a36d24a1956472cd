// Threads that serve devices: of the kernel by their names, of processes by whose they are. CPU time is from schedstat
// (Documentation/scheduler/sched-stats.rst). A worker of the kernel's is named after the queue that it served last
// (kernel/workqueue.c, wq_worker_comm): `kworker/u8:3-kcryptd/254:0`.

import type { ObservedThread } from '../document.ts';
import type { Look } from '../series.ts';
import type { Watch, WatchedProcess } from '../watch.ts';

interface Server {
  readonly name: RegExp;
  readonly what: string;
  /** One thread does all of it. */
  readonly alone: boolean;
  /** What its name tells of the device: a number, a kernel name, or a part of it. */
  readonly device?: (match: RegExpExecArray) => string;
}

const first = (match: RegExpExecArray): string => match[1] ?? '';

const servers: readonly Server[] = [
  { name: /^kcryptd(?:_io)?\/(\d+:\d+)/, what: 'dm-crypt', alone: false, device: first },
  { name: /^dmcrypt_write\/(\d+:\d+)/, what: 'writes of dm-crypt', alone: true, device: first },
  { name: /^(md\w+)_raid\d+$/, what: 'md', alone: true, device: first },
  { name: /^(md\w+)_(?:resync|reshape|recovery)$/, what: 'rebuild of md', alone: false, device: first },
  { name: /^raid5wq/, what: 'md raid5', alone: false },
  { name: /^(loop\d+)$/, what: 'loop', alone: true, device: first },
  { name: /^\d+\.[a-z]+\d*-\d+$/, what: 'blkback', alone: true },
  { name: /^nvme[_-]tcp[_-]wq/, what: 'nvme-tcp', alone: false },
  { name: /^nvmet[_-]tcp[_-]wq/, what: 'nvmet-tcp', alone: false },
  { name: /^nvmet[_-]/, what: 'nvmet', alone: false },
  { name: /^iscsi_q_(\d+)/, what: 'iscsi', alone: true, device: (match) => `host${match[1] ?? ''}` },
  { name: /^iscsi_(?:trx|ttx)$/, what: 'LIO iscsi', alone: true },
  { name: /^(?:dm-thin|kdmthin)/, what: 'dm-thin', alone: true },
  { name: /^dm-cache/, what: 'dm-cache', alone: true },
  { name: /^(?:writecache|dm-writecache)/, what: 'dm-writecache', alone: true },
  { name: /^(?:kdelayd|dm-delay)/, what: 'dm-delay', alone: false },
  { name: /^bcache/, what: 'bcache', alone: false },
  { name: /^drbd_[a-z]+_(\w+)$/, what: 'drbd', alone: true },
  { name: /^(?:rbd|ceph-msgr)/, what: 'rbd', alone: false },
  { name: /^knbd(\d+)-recv/, what: 'nbd', alone: false, device: (match) => `nbd${match[1] ?? ''}` },
  { name: /^vhost-(\d+)$/, what: 'vhost', alone: true },
];

/** What a worker of a work queue serves, or else the name itself. */
function servedBy(comm: string): string {
  return /^kworker\/[^-+]*[-+](.+)$/.exec(comm.trim())?.[1] ?? comm.trim();
}

function serverOf(
  comm: string,
): { readonly server: Server; readonly match: RegExpExecArray; readonly name: string } | undefined {
  const name = servedBy(comm);
  for (const server of servers) {
    const match = server.name.exec(name);
    if (match) return { server, match, name };
  }
  return undefined;
}

/** Workers without work have no name of a queue, and may get some. */
export function servesDisks(comm: string): boolean {
  return comm.startsWith('kworker/') || serverOf(comm) !== undefined;
}

interface Time {
  readonly ranNs: number;
  readonly waitedNs: number;
}

function timeOf(text: string | undefined): Time | undefined {
  const [ranNs, waitedNs] = (text ?? '').trim().split(' ').map(Number);
  return ranNs === undefined || waitedNs === undefined || !Number.isFinite(ranNs + waitedNs)
    ? undefined
    : { ranNs, waitedNs };
}

/** Below this share of a CPU nobody waits for a thread. */
const leastPercent = 1;

export function threadsBetween(looks: readonly Look[], watch: Watch): readonly ObservedThread[] {
  const [from, to] = [looks[0], looks.at(-1)];
  if (!from || !to || to.atMs <= from.atMs) return [];
  const elapsedNs = (to.atMs - from.atMs) * 1e6;
  const found = [
    ...kernelThreads(looks, watch, elapsedNs),
    ...watch.processes.flatMap((process) => processThreads({ from, to, elapsedNs }, process)),
  ];
  return found
    .filter(({ readyPercent }) => readyPercent >= leastPercent)
    .sort((a, b) => b.readyPercent - a.readyPercent);
}

/** Of workers, the time between two looks goes to the queue that they served at the end of it. */
function kernelThreads(looks: readonly Look[], { found }: Watch, elapsedNs: number): readonly ObservedThread[] {
  const sums = new Map<string, { readonly comm: string; ranNs: number; waitedNs: number }>();
  for (const [i, to] of looks.entries()) {
    const from = looks[i - 1];
    if (!from) continue;
    for (const [path, text] of to.texts) {
      const pid = /^\/proc\/(\d+)\/comm$/.exec(path)?.[1];
      const comm = text.trim();
      if (pid === undefined || !serverOf(comm)) continue;
      const [a, b] = [from, to].map((look) => timeOf(look.texts.get(`/proc/${pid}/schedstat`)));
      if (!b) continue;
      const own = comm.startsWith('kworker/') ? servedBy(comm) : `${comm} ${pid}`;
      const sum = sums.get(own) ?? { comm, ranNs: 0, waitedNs: 0 };
      // A thread that came meanwhile did all its work since.
      sum.ranNs += Math.max(0, b.ranNs - (a?.ranNs ?? 0));
      sum.waitedNs += Math.max(0, b.waitedNs - (a?.waitedNs ?? 0));
      sums.set(own, sum);
    }
  }
  return [...sums.values()].flatMap(({ comm, ranNs, waitedNs }) => {
    const known = serverOf(comm);
    if (!known) return [];
    const { server, match, name } = known;
    const word = server.device?.(match);
    const serves = found.devices
      .filter(({ id, number, limit }) => word !== undefined && [id, number, limit?.sharedIn].includes(word))
      .map(({ id }) => id);
    return [
      {
        ...{ name, what: server.what, process: null, serves, alone: server.alone },
        cpuPercent: (100 * ranNs) / elapsedNs,
        readyPercent: percentReady({ ranNs, waitedNs }, elapsedNs, server.alone),
      },
    ];
  });
}

/** One thread has 100 per cent; several that share a work have more. */
function percentReady({ ranNs, waitedNs }: Time, elapsedNs: number, alone: boolean): number {
  const percent = (100 * (ranNs + waitedNs)) / elapsedNs;
  return alone ? Math.min(100, percent) : percent;
}

interface Span {
  readonly from: Look;
  readonly to: Look;
  readonly elapsedNs: number;
}

/** Those of virtual CPUs are the guest's own. */
const ofGuest = /^CPU \d+/;

function processThreads(
  { from, to, elapsedNs }: Span,
  { pid, name, disks }: WatchedProcess,
): readonly ObservedThread[] {
  return [...to.texts].flatMap(([path, text]) => {
    const id = new RegExp(`^/proc/${pid}/task/(\\d+)/comm$`).exec(path)?.[1];
    const comm = text.trim();
    if (id === undefined || ofGuest.test(comm)) return [];
    const [a, b] = [from, to].map((look) => timeOf(look.texts.get(`/proc/${pid}/task/${id}/schedstat`)));
    if (!b) return [];
    const time = { ranNs: b.ranNs - (a?.ranNs ?? 0), waitedNs: b.waitedNs - (a?.waitedNs ?? 0) };
    const ioThread = /^IO (.+)$/.exec(comm)?.[1];
    // The kernel keeps 15 letters of a name.
    const own = disks.filter((disk) => ioThread === undefined || disk.ioThread?.slice(0, 12) === ioThread);
    const isMain = id === pid;
    const what = ioThread !== undefined ? 'I/O thread' : isMain ? 'main thread' : 'worker';
    return [
      {
        ...{ name: comm, what, process: name, serves: own.map((disk) => disk.id), alone: what !== 'worker' },
        cpuPercent: (100 * time.ranNs) / elapsedNs,
        readyPercent: percentReady(time, elapsedNs, true),
      },
    ];
  });
}
