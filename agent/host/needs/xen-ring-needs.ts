// Checks the two drivers of a Xen ring against its settings before anything is touched.

import { countCpus } from '../../lib/cpus.ts';
import type { Problem } from '../../lib/errors.ts';

/** `both`: of the drivers at both ends; `back`: of the host's alone, where the other end is a domain's own. */
type Ends = 'both' | 'back';

export type RingNeed =
  /** Rings of 2^order pages, which is fixed when the modules are loaded. */
  | { readonly kind: 'xen-ring-order'; readonly order: number; readonly ends: Ends }
  /** Rings of each device. */
  | { readonly kind: 'xen-ring-queues'; readonly queues: number; readonly ends: Ends }
  /** A backend that lets grants stay mapped: read when a device connects. */
  | { readonly kind: 'xen-persistent-grants' };

const fixedAtLoad =
  'it is fixed at load: unload the module if nobody uses it, set it at boot, or leave the setting out of the profile';

export function renderRingNeed(need: RingNeed): string {
  switch (need.kind) {
    case 'xen-ring-order':
      return `Xen block rings of order ${need.order}`;
    case 'xen-ring-queues':
      return `${need.queues} Xen block rings for each device`;
    case 'xen-persistent-grants':
      return 'a Xen block backend with persistent grants';
  }
}

type Read = (path: string) => Promise<string | undefined>;

/** Undefined: met. */
export async function unmetRing(need: RingNeed, read: Read): Promise<Problem | undefined> {
  switch (need.kind) {
    case 'xen-ring-order':
      return unmetOrder(need, read);
    case 'xen-ring-queues':
      return need.ends === 'back' ? unmetOffer(need.queues, read) : unmetQueues(need.queues, read);
    case 'xen-persistent-grants':
      return unmetPersistence(read);
  }
}

async function unmetOrder(
  { order, ends }: Extract<RingNeed, { kind: 'xen-ring-order' }>,
  read: Read,
): Promise<Problem | undefined> {
  const [front, back] = await Promise.all([
    parameter(read, 'xen_blkfront', 'max_ring_page_order'),
    parameter(read, 'xen_blkback', 'max_ring_page_order'),
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

async function unmetQueues(queues: number, read: Read): Promise<Problem | undefined> {
  const cpus = await cpusOf(read);
  if (queues > cpus) {
    return {
      message: `queues ${queues}: domain 0 has ${cpus} CPUs, and blkfront makes at most one ring for each`,
      hint: `expected 1 to ${cpus}`,
    };
  }
  const front = await parameter(read, 'xen_blkfront', 'max_queues');
  if (front === undefined || front >= queues) return undefined;
  return {
    message: `queues ${queues} cannot be had: xen_blkfront is loaded with max_queues ${front}`,
    hint: fixedAtLoad,
  };
}

/** A backend that is told nothing offers a ring for each CPU that is online when it is loaded (xen_blkif_init). */
async function unmetOffer(queues: number, read: Read): Promise<Problem | undefined> {
  const set = await parameter(read, 'xen_blkback', 'max_queues');
  const offered = set ?? (await cpusOf(read));
  if (queues <= offered) return undefined;
  const source =
    set === undefined
      ? `xen_blkback, once loaded, offers one for each of the ${offered} CPUs of domain 0`
      : `xen_blkback max_queues is ${offered}`;
  const more =
    set === undefined
      ? `modprobe xen_blkback max_queues=${queues}`
      : `echo ${queues} >/sys/module/xen_blkback/parameters/max_queues`;
  return {
    message: `queues ${queues} is above what the backend offers: ${source}`,
    hint: `expected 1 to ${offered}; more for every disk that connects from then on: ${more}`,
  };
}

async function unmetPersistence(read: Read): Promise<Problem | undefined> {
  const path = '/sys/module/xen_blkback/parameters/feature_persistent';
  if ((await read(path))?.trim() !== 'N') return undefined;
  return {
    message: 'persistentGrants true cannot be had: the backend does not offer it, xen_blkback feature_persistent is N',
    hint: `leave the setting out of the profile, or, for every disk that connects from then on: echo Y >${path}`,
  };
}

async function cpusOf(read: Read): Promise<number> {
  return countCpus((await read('/proc/stat')) ?? '');
}

/** Undefined while the module is not loaded. */
async function parameter(read: Read, module: string, name: string): Promise<number | undefined> {
  const text = (await read(`/sys/module/${module}/parameters/${name}`))?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
