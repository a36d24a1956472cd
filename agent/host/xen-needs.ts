// What a ring of Xen asks of the host, checked before anything is touched.

import { countCpus } from '../lib/cpus.ts';
import { HostError, reasonOf, type Problem } from '../lib/errors.ts';
import { findFreeXvdNames, tooFewNames } from '../lib/xen.ts';
import { readText } from './files.ts';
import { listAny } from './look.ts';
import { readMachine, renderMachine } from './machine.ts';
import { type DomainNeed, renderDomainNeed, unmetOfDomains } from './xen-domain-needs.ts';
import { withXenstore } from './xenstore.ts';

export type XenNeed =
  /** Domain 0 of Xen, with xenstored at work. */
  | { readonly kind: 'xen-dom0' }
  /** As many names of disks that are free, `xvda` to `xvdz`. */
  | { readonly kind: 'xvd-names'; readonly count: number }
  /** Rings of 2^order pages, which is fixed when the modules are loaded: at both ends, or at the host's where the other is a domain's. */
  | { readonly kind: 'xen-ring-order'; readonly order: number; readonly ends: 'both' | 'back' }
  /** Rings of each device. */
  | { readonly kind: 'xen-ring-queues'; readonly queues: number }
  | DomainNeed;

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
    case 'xen-memory':
    case 'xenconsoled':
      return renderDomainNeed(need);
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
      return unmetOrder(need);
    case 'xen-ring-queues':
      return unmetQueues(need.queues);
    case 'xen-kernel':
    case 'xen-memory':
    case 'xenconsoled':
      return unmetOfDomains(need);
  }
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
    return failure instanceof HostError ? failure.problems[0] : { message: reasonOf(failure) };
  }
}

async function unmetNames(count: number): Promise<Problem | undefined> {
  // Without xenstore that alone is what is missing.
  const free = await findFreeXvdNames(listAny).catch(() => undefined);
  return free === undefined ? undefined : tooFewNames(count, free.length);
}

async function unmetOrder({ order, ends }: Extract<XenNeed, { kind: 'xen-ring-order' }>): Promise<Problem | undefined> {
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
  if (ends === 'back' || front === undefined || front === order) return undefined;
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
