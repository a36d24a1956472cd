// Checks the needs of guests that are domains before anything is touched.

import type { Problem } from '../../lib/errors.ts';
import { renderBytes } from '../../lib/units.ts';
import { kernelImagesOf } from '../../lib/xen.ts';
import type { Kernel } from '../port.ts';

export type DomainNeed =
  /** The image of the running kernel, which domains boot. */
  | { readonly kind: 'xen-kernel' }
  /** So much for each of `count` domains, beside what the hypervisor needs for one. `of`: the provider whose `memory` sets it. */
  | { readonly kind: 'xen-memory'; readonly bytes: number; readonly count: number; readonly of: string }
  /** The daemon that holds the other end of each console: without it `xl create` waits 10 s and gives up. */
  | { readonly kind: 'xenconsoled' };

export function renderDomainNeed(need: DomainNeed): string {
  switch (need.kind) {
    case 'xen-kernel':
      return 'an image of the running kernel in /boot';
    case 'xen-memory':
      return `${renderBytes(need.count * need.bytes)} that no domain has`;
    case 'xenconsoled':
      return 'xenconsoled at work';
  }
}

/** Undefined: met. */
export async function unmetOfDomains(need: DomainNeed, kernel: Kernel): Promise<Problem | undefined> {
  switch (need.kind) {
    case 'xen-kernel':
      return unmetKernel(kernel);
    case 'xen-memory':
      return unmetMemory(need, kernel);
    case 'xenconsoled':
      return unmetConsoles(kernel);
  }
}

async function unmetKernel({ read, exists }: Kernel): Promise<Problem | undefined> {
  const release = ((await read('/proc/sys/kernel/osrelease')) ?? '').trim();
  const images = kernelImagesOf(release);
  if ((await Promise.all(images.map(exists))).includes(true)) return undefined;
  return {
    message: `there is no image of the running kernel: neither ${images.join(' nor ')}`,
    hint: `apt-get install linux-image-${release}, or boot a kernel that is installed`,
  };
}

/** A domain takes some more than its memory, for the hypervisor's tables of it. */
const perDomainBytes = 8 * 2 ** 20;

async function unmetMemory(
  { bytes, count, of }: Extract<DomainNeed, { kind: 'xen-memory' }>,
  kernel: Kernel,
): Promise<Problem | undefined> {
  // Without a toolstack that alone is what is missing.
  const text = await kernel.run(['xl', 'info', 'free_memory']).catch(() => '');
  if (!/^\d+\s*$/.test(text)) return undefined;
  const [free, wanted] = [Number(text) * 2 ** 20, count * (bytes + perDomainBytes)];
  if (wanted <= free) return undefined;
  return {
    message: `${count} domains of ${renderBytes(bytes)} need ${renderBytes(wanted)}, and Xen has ${renderBytes(free)} free`,
    hint: `give domain 0 less (dom0_mem at boot, or xl mem-set 0), use fewer guests, or set a smaller \`memory\` of ${of}`,
  };
}

async function unmetConsoles({ read, list }: Kernel): Promise<Problem | undefined> {
  const pids = (await list('/proc')).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => read(`/proc/${pid}/comm`)));
  if (names.some((name) => name?.trim() === 'xenconsoled')) return undefined;
  return {
    message: 'xenconsoled does not run, and a domain without a console cannot be created',
    hint: 'start it: service xen start (Debian: xen-utils-common)',
  };
}
