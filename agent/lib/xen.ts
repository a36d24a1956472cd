// Names and numbers of Xen's block devices (xen-vbd-interface(7), include/xen/interface/io/blkif.h). Pure.

/** A guest that is a domain of its own. */
export interface Domain {
  readonly name: string;
  /** 0 in a dry run. */
  readonly id: number;
}

/** Requests that one ring of 2^order pages of 4096 bytes holds on x86-64: 32 in one page (__CONST_RING_SIZE). */
export function ringSlots(order: number): number {
  return 32 * 2 ** order;
}

/** The largest order that the kernel's two ends agree on (XENBUS_MAX_RING_GRANT_ORDER). */
export const mostRingPageOrder = 4;

const alphabet = 'abcdefghijklmnopqrstuvwxyz';

/** `xvda` to `xvdz`, those that nobody gives by hand first. */
export const xvdNames: readonly string[] = Array.from(
  { length: alphabet.length },
  (_, i) => `xvd${alphabet.charAt((i + 15) % alphabet.length)}`,
);

const [majorXvd, extended] = [202 << 8, 1 << 28];

/** The device number of `xvda` to `xvdz` in xenstore; undefined for another name. */
export function vbdIdOf(name: string): number | undefined {
  const disk = /^xvd([a-z])$/.exec(name)?.[1];
  if (disk === undefined) return undefined;
  const index = alphabet.indexOf(disk);
  return index < 16 ? majorXvd | (index << 4) : extended | (index << 8);
}

/** Where the two ends of a vbd stand in xenstore: the frontend in `domain`, the backend in domain 0. */
export function vbdPaths(id: number, domain = 0): { readonly front: string; readonly back: string } {
  return { front: `/local/domain/${domain}/device/vbd/${id}`, back: `/local/domain/0/backend/vbd/${domain}/${id}` };
}

/** In both ends of a vbd of ours, the mark of its run: toolstacks and drivers pass over keys that they do not know. */
export const vbdMarkKey = 'layerlift';

/** The host's ends of all devices, `vbd-DOMAIN-ID` those of disks. */
export const backendDevices = '/sys/bus/xen-backend/devices';

/** Images of this kernel that a domain may boot, the quickest first: of a packed image the toolstack unpacks a copy for each domain. */
export function kernelImagesOf(release: string): readonly string[] {
  return [`/boot/vmlinux-${release.trim()}`, `/boot/vmlinuz-${release.trim()}`];
}

/** Start of the names of blkback's threads for a disk, one thread a ring (drivers/block/xen-blkback/xenbus.c). */
export function ringThreadsOf(domain: number, disk: string): string {
  return `${domain}.${disk}-`;
}

/** A path read through the same port as a file: `xenstore:/local/domain/0/...`. */
export const xenstoreScheme = 'xenstore:';

/** States of a device's end in xenstore (include/xen/interface/io/xenbus.h). */
export const xenState = { initialising: '1', initWait: '2', connected: '4', closing: '5', closed: '6' } as const;

const ends = ['/local/domain/0/device/vbd', '/local/domain/0/backend/vbd/0'] as const;

/** Names whose number has neither end in xenstore, and which are no disk here. `list` takes paths of both kinds. */
export async function findFreeXvdNames(list: (path: string) => Promise<readonly string[]>): Promise<readonly string[]> {
  const ids = await Promise.all(ends.map((path) => list(`${xenstoreScheme}${path}`)));
  const disks = await list('/sys/block');
  const names = new Set(disks.map((disk) => disk.replace(/\d+$/, '')));
  return xvdNames.filter((name) => !names.has(name) && !ids.flat().includes(`${vbdIdOf(name) ?? ''}`));
}

/** The problem where `free` names are too few for the guests; undefined: they are enough. */
export function tooFewNames(count: number, free: number): { message: string; hint: string } | undefined {
  if (free >= count) return undefined;
  return {
    message: `${count} guests need as many free disk names of xvda to xvdz, and ${free} are free`,
    hint: 'use fewer guests, or detach vbds of domain 0 that nobody uses: xl block-list 0',
  };
}

export interface XenRing {
  readonly order: number | undefined;
  /** Rings of each device. */
  readonly queues: number | undefined;
  /** Domain 0 grants for all guests, or each domain for itself. */
  readonly frontend: 'domain 0' | 'each domain';
  /** Devices of each guest. */
  readonly devices: number;
}

/** The most grants that a ring takes: its own pages, and for each request 32 segments and the page that lists them. */
export function grantsOfRing(order: number): number {
  return 2 ** order + ringSlots(order) * (32 + 1);
}
