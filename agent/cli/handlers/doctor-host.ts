// Tells the kind of machine that `doctor` runs on, and on Xen the needs of a ring. Reads files, and asks the hypervisor.

import { isXenfsMounted, readMachine, renderMachine } from '../../host/facts/machine.ts';
import { type Kernel, kernelHere } from '../../host/port.ts';
import { readsOf } from '../../host/read.ts';
import { isInstalled, checkNeeds } from '../../host/needs/needs.ts';
import { countCpus } from '../../lib/cpus.ts';
import type { Problem } from '../../lib/errors.ts';
import { findFreeXvdNames, grantsOfRing, type XenRing, xvdNames } from '../../lib/xen.ts';

export interface HostLine {
  readonly what: string;
  /** Undefined: it is as it should be. */
  readonly problem?: Problem | undefined;
}

export interface HostKind {
  /** As a noun. */
  readonly machine: string;
  /** Empty unless this is domain 0 of Xen, and somebody asks something of that. */
  readonly xen: readonly HostLine[];
}

/** The demands of a profile on Xen; without a profile, all that one may ask. */
export interface XenDemand {
  readonly guests: number;
  readonly ring: XenRing;
}

/** `demand`: null where a profile asks nothing of Xen; undefined without a profile. */
export async function readHostKind(
  demand: XenDemand | null | undefined,
  kernel: Kernel = kernelHere,
): Promise<HostKind> {
  const machine = await readMachine(kernel.read);
  const xen = machine.kind === 'xen' && machine.control && demand !== null ? await xenLines(demand, kernel) : [];
  return { machine: renderMachine(machine), xen };
}

async function xenLines(demand: XenDemand | undefined, kernel: Kernel): Promise<readonly HostLine[]> {
  const [xenfs, xl, names, grants, needs] = await Promise.all([
    isXenfsMounted(kernel.list),
    isInstalled('xl', kernel),
    findFreeXvdNames(readsOf(kernel).list).catch(() => []),
    grantLine(demand, kernel),
    checkNeeds(
      [
        { kind: 'xen-dom0' },
        { kind: 'module', name: 'xen_blkback', forWhat: "the host's end of a ring" },
        { kind: 'module', name: 'xen_blkfront', forWhat: "the guest's end of a ring" },
      ],
      kernel,
    ),
  ]);
  const [store, back, front] = needs.map(({ problem }) => problem);
  const unless = (met: boolean, message: string, hint: string): Problem | undefined =>
    met ? undefined : { message, hint };
  // The toolstack wants xenfs, and the names are those of disks of domain 0: a profile may have no use for one of them.
  const [wantsTools, wantsNames] = [demand?.ring.frontend !== 'domain 0', demand?.ring.frontend !== 'each domain'];
  return [
    {
      what: `xenfs at /proc/xen${xenfs ? '' : ': not mounted'}`,
      problem: unless(
        xenfs || !wantsTools,
        'xenfs is not mounted at /proc/xen',
        'modprobe xenfs && mount -t xenfs xenfs /proc/xen',
      ),
    },
    { what: 'xenstored', problem: store },
    // Guests that are domains need it, and say so themselves.
    { what: `toolstack xl (for people: layerlift itself speaks to xenstored)${xl ? '' : ': not installed'}` },
    { what: 'kernel module xen_blkback', problem: back },
    { what: 'kernel module xen_blkfront', problem: front },
    {
      what: `disk names: ${names.length} of ${xvdNames.length} from xvda to xvdz are free`,
      problem: unless(names.length > 0 || !wantsNames, 'no disk name from xvda to xvdz is free', 'xl block-list 0'),
    },
    grants,
  ];
}

const grantsPerFrame = 512; // of version 1, 8 bytes each (xen/include/public/grant_table.h)

async function grantLine(demand: XenDemand | undefined, kernel: Kernel): Promise<HostLine> {
  const text = await kernel
    .run(['xenhypfs', 'cat', '/params/gnttab_max_frames'], { deadlineMs: 5_000 })
    .catch(() => '');
  const parameters = '/sys/module/xen_blkfront/parameters';
  const [order, queues, stat] = await Promise.all(
    [`${parameters}/max_ring_page_order`, `${parameters}/max_queues`, '/proc/stat'].map((path) => kernel.read(path)),
  );
  // Both as in drivers/block/xen-blkfront.c, xlblk_init.
  const usual = { order: Number(order ?? 0), queues: Number(queues ?? Math.min(4, countCpus(stat ?? ''))) };
  return judgeGrants(Number(text.trim()), demand, usual);
}

/** `usual`: what a blkfront of domain 0 makes where nothing else is asked for. A vbd that gets no grants waits for them: slow, and no error. */
export function judgeGrants(
  frames: number,
  demand: XenDemand | undefined,
  usual: { readonly order: number; readonly queues: number },
): HostLine {
  if (!(frames > 0)) return { what: 'grants: their limit is not known (xenhypfs does not tell)' };
  const has = frames * grantsPerFrame;
  const limit = `grants: ${frames} frames of ${grantsPerFrame}`;
  if (!demand) {
    const each = grantsOfRing(0);
    return { what: `${limit}, enough for ${Math.floor(has / each)} rings of one page (${each} each)` };
  }
  const { order = usual.order, queues = usual.queues, frontend, devices } = demand.ring;
  const together = frontend === 'domain 0';
  const rings = devices * queues * (together ? demand.guests : 1);
  const wants = rings * grantsOfRing(order);
  const whose = together ? 'domain 0' : 'each domain of a guest';
  const what = `${limit} for ${whose}, of which ${rings} rings of order ${order} take up to ${wants}`;
  if (wants <= has) return { what };
  const problem = {
    message: `${rings} rings of order ${order} take up to ${wants} grants, and Xen lets ${whose} have ${has}: I/O that is large or deep would wait for them, without an error`,
    hint: `boot Xen with gnttab_max_frames=${Math.ceil(wants / grantsPerFrame)}, or use ${together ? 'fewer guests, ' : ''}fewer queues or a smaller ringPageOrder`,
  };
  return { what, problem };
}
