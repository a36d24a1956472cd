// The ways from guests' disks down to the media, and the one that most of them share: a profile describes one stack.

import type { Below, Device, Discovered, User } from '../document.ts';

export interface GuestDisk {
  readonly user: User;
  /** From the ring, or the first device, down; where it forks, along the first leg. */
  readonly way: readonly Device[];
}

/** Metadata, a peer or a cache, and not the data's own way. */
export function isSide({ role }: Below): boolean {
  return role !== undefined && /^(meta|peer|cache)$/.test(role);
}

const machines: readonly User['kind'][] = ['qemu', 'xen'];

/** Disks of virtual machines and domains, or else, where none of them has one that is seen, what others use. */
export function guestDisks({ users, devices }: Discovered): readonly GuestDisk[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const disks = users.flatMap((user) =>
    user.below.flatMap((id) => {
      const way = wayDown(byId, id);
      return way.length > 0 ? [{ user, way }] : [];
    }),
  );
  const real = disks.filter(({ user }) => machines.includes(user.kind));
  return real.length > 0 ? real : disks.filter(({ user }) => user.kind !== 'swap');
}

function wayDown(byId: ReadonlyMap<string, Device>, start: string): readonly Device[] {
  const way: Device[] = [];
  const seen = new Set<string>();
  for (let device = byId.get(start); device && !seen.has(device.id);) {
    seen.add(device.id);
    way.push(device);
    const next = device.below.find((edge) => !isSide(edge)) ?? device.below[0];
    device = next && byId.get(next.id);
  }
  return way;
}

/** The disks of the kind of way that is most frequent, and all others. */
export function mostFrequent(disks: readonly GuestDisk[]): {
  readonly chosen: readonly GuestDisk[];
  readonly others: readonly GuestDisk[];
} {
  const kinds = new Map<string, GuestDisk[]>();
  for (const disk of disks) {
    const kind = disk.way.map((device) => device.kind).join(' > ');
    kinds.set(kind, [...(kinds.get(kind) ?? []), disk]);
  }
  const [chosen = []] = [...kinds.values()].sort((a, b) => b.length - a.length);
  return { chosen, others: disks.filter((disk) => !chosen.includes(disk)) };
}
