// Checks the needs of a ring of Xen before anything is touched.

import { HostError, reasonOf, type Problem } from '../../lib/errors.ts';
import { findFreeXvdNames, tooFewNames } from '../../lib/xen.ts';
import type { Kernel } from '../port.ts';
import { readsOf } from '../read.ts';
import { readMachine, renderMachine } from '../facts/machine.ts';
import { type DomainNeed, renderDomainNeed, unmetOfDomains } from './xen-domain-needs.ts';
import { renderRingNeed, type RingNeed, unmetRing } from './xen-ring-needs.ts';

export type XenNeed =
  /** Domain 0 of Xen, with xenstored at work. */
  | { readonly kind: 'xen-dom0' }
  /** As many names of disks that are free, `xvda` to `xvdz`. */
  | { readonly kind: 'xvd-names'; readonly count: number }
  | RingNeed
  | DomainNeed;

export function renderXenNeed(need: XenNeed): string {
  switch (need.kind) {
    case 'xen-dom0':
      return 'domain 0 of Xen, with xenstored';
    case 'xvd-names':
      return `${need.count} free of xvda to xvdz`;
    case 'xen-ring-order':
    case 'xen-ring-queues':
    case 'xen-persistent-grants':
      return renderRingNeed(need);
    case 'xen-kernel':
    case 'xen-memory':
    case 'xenconsoled':
      return renderDomainNeed(need);
  }
}

/** Undefined: met. */
export async function unmetXen(need: XenNeed, kernel: Kernel): Promise<Problem | undefined> {
  switch (need.kind) {
    case 'xen-dom0':
      return unmetDomain0(kernel);
    case 'xvd-names':
      return unmetNames(need.count, kernel);
    case 'xen-ring-order':
    case 'xen-ring-queues':
    case 'xen-persistent-grants':
      return unmetRing(need, kernel.read);
    case 'xen-kernel':
    case 'xen-memory':
    case 'xenconsoled':
      return unmetOfDomains(need, kernel);
  }
}

async function unmetDomain0(kernel: Kernel): Promise<Problem | undefined> {
  const machine = await readMachine(kernel.read);
  if (machine.kind !== 'xen' || !machine.control) {
    return {
      message: `this is not domain 0 of Xen: it is ${renderMachine(machine)}`,
      hint: 'boot Xen (Debian: xen-system-amd64) and run in its domain 0, or try it in scripts/lab --xen',
    };
  }
  try {
    await kernel.inXenstore((store) => store.list('/local/domain/0'));
    return undefined;
  } catch (failure) {
    // Its socket is root's: that root is needed is said on its own.
    if (process.getuid?.() !== 0) return undefined;
    return failure instanceof HostError ? failure.problems[0] : { message: reasonOf(failure) };
  }
}

async function unmetNames(count: number, kernel: Kernel): Promise<Problem | undefined> {
  // Without xenstore that alone is what is missing.
  const free = await findFreeXvdNames(readsOf(kernel).list).catch(() => undefined);
  return free === undefined ? undefined : tooFewNames(count, free.length);
}
