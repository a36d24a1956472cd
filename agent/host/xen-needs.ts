// What a ring of Xen asks of the host, checked before anything is touched.

import { countCpus } from '../lib/cpus.ts';
import { reasonOf, type Problem } from '../lib/errors.ts';
import { findFreeXvdNames, kernelImagesOf, tooFewNames } from '../lib/xen.ts';
import { renderBytes } from '../lib/units.ts';
import { exists, readText } from './files.ts';
import { listAny } from './look.ts';
import { readMachine, renderMachine } from './machine.ts';
import { runCommand } from './run-command.ts';
import { withXenstore } from './xenstore.ts';

export type XenNeed =
  /** Domain 0 of Xen, with xenstored at work. */
  | { readonly kind: 'xen-dom0' }
  /** As many names of disks that are free, `xvda` to `xvdz`. */
  | { readonly kind: 'xvd-names'; readonly count: number }
  /** Both ends must agree on rings of 2^order pages; it is fixed when their modules are loaded. */
  | { readonly kind: 'xen-ring-order'; readonly order: number }
  /** Rings of each device. */
  | { readonly kind: 'xen-ring-queues'; readonly queues: number }
  /** The image of the running kernel, which domains boot. */
  | { readonly kind: 'xen-kernel' }
  /** So much for each of `count` domains, beside what the hypervisor needs for one. */
  | { readonly kind: 'xen-memory'; readonly bytes: number; readonly count: number };

const fixedAtLoad =
  'it is fixed at load: unload the module if nobody uses it, set it at boot, or leave the setting out of the profile';

export function renderXenNeed(need: XenNeed): string {
  switch (need.kind) {
    case 'xen-dom0':
      return 'domain 0 of Xen, with xenstored';
    case 'xvd-names':
      return `${need.count} free of xvda to xvdz`;
    case 'xen-ring-order':
      return `Xen block rings of order ${need.order}`;
    case 'xen-ring-queues':
      return `${need.queues} Xen block rings for each device`;
    case 'xen-kernel':
      return 'an image of the running kernel in /boot';
    case 'xen-memory':
      return `${renderBytes(need.count * need.bytes)} that no domain has`;
  }
}

/** Undefined: met. */
export async function unmetXen(need: XenNeed): Promise<Problem | undefined> {
  switch (need.kind) {
    case 'xen-dom0':
      return unmetDomain0();
    case 'xvd-names':
      return unmetNames(need.count);
    case 'xen-ring-order':
      return unmetOrder(need.order);
    case 'xen-ring-queues':
      return unmetQueues(need.queues);
    case 'xen-kernel':
      return unmetKernel();
    case 'xen-memory':
      return unmetMemory(need);
  }
}

async function unmetKernel(): Promise<Problem | undefined> {
  const release = ((await readText('/proc/sys/kernel/osrelease')) ?? '').trim();
  const images = kernelImagesOf(release);
  if ((await Promise.all(images.map(exists))).includes(true)) return undefined;
  return {
    message: `there is no image of the running kernel: neither ${images.join(' nor ')}`,
    hint: `apt-get install linux-image-${release}, or boot a kernel that is installed`,
  };
}

/** A domain takes some more than its memory, for the hypervisor's tables of it. */
const perDomainBytes = 8 * 2 ** 20;

async function unmetMemory({ bytes, count }: { bytes: number; count: number }): Promise<Problem | undefined> {
  // Without a toolstack that alone is what is missing.
  const text = await runCommand(['xl', 'info', 'free_memory']).catch(() => '');
  if (!/^\d+\s*$/.test(text)) return undefined;
  const [free, wanted] = [Number(text) * 2 ** 20, count * (bytes + perDomainBytes)];
  if (wanted <= free) return undefined;
  return {
    message: `${count} domains of ${renderBytes(bytes)} need ${renderBytes(wanted)}, and Xen has ${renderBytes(free)} free`,
    hint: 'give domain 0 less (dom0_mem at boot, or xl mem-set 0), use fewer guests, or set a smaller `memory` of xen-domu',
  };
}

async function unmetDomain0(): Promise<Problem | undefined> {
  const machine = await readMachine();
  if (machine.kind !== 'xen' || !machine.control) {
    return {
      message: `this is not domain 0 of Xen: it is ${renderMachine(machine)}`,
      hint: 'boot Xen (Debian: xen-system-amd64) and run in its domain 0, or try it in scripts/lab --xen',
    };
  }
  try {
    await withXenstore((store) => store.list('/local/domain/0'));
    return undefined;
  } catch (failure) {
    // Its socket is root's: that root is needed is said on its own.
    if (process.getuid?.() !== 0) return undefined;
    return { message: reasonOf(failure), hint: 'start it: service xen start (Debian: xen-utils-common)' };
  }
}

async function unmetNames(count: number): Promise<Problem | undefined> {
  // Without xenstore that alone is what is missing.
  const free = await findFreeXvdNames(listAny).catch(() => undefined);
  return free === undefined ? undefined : tooFewNames(count, free.length);
}

async function unmetOrder(order: number): Promise<Problem | undefined> {
  const [front, back] = await Promise.all([
    parameter('xen_blkfront', 'max_ring_page_order'),
    parameter('xen_blkback', 'max_ring_page_order'),
  ]);
  if (back !== undefined && back < order) {
    return {
      message: `ringPageOrder ${order} is above what the backend offers: xen_blkback max_ring_page_order is ${back}`,
      hint: `expected 0 to ${back}; ${fixedAtLoad}`,
    };
  }
  if (front === undefined || front === order) return undefined;
  return {
    message: `ringPageOrder ${order} cannot be had: xen_blkfront is loaded with max_ring_page_order ${front}`,
    hint: fixedAtLoad,
  };
}

async function unmetQueues(queues: number): Promise<Problem | undefined> {
  const cpus = countCpus((await readText('/proc/stat')) ?? '');
  if (queues > cpus) {
    return {
      message: `queues ${queues}: domain 0 has ${cpus} CPUs, and blkfront makes at most one ring for each`,
      hint: `expected 1 to ${cpus}`,
    };
  }
  const front = await parameter('xen_blkfront', 'max_queues');
  if (front === undefined || front >= queues) return undefined;
  return {
    message: `queues ${queues} cannot be had: xen_blkfront is loaded with max_queues ${front}`,
    hint: fixedAtLoad,
  };
}

/** Undefined while the module is not loaded. */
async function parameter(module: string, name: string): Promise<number | undefined> {
  const text = (await readText(`/sys/module/${module}/parameters/${name}`))?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
