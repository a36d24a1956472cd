// The kernel threads that do the rings' work, put into the cgroups of the guests whose rings they are.

import type { Host } from '../host/host.ts';
import type { GuestPlan } from './guest.ts';

/** In the guest's cgroup a ring's work, and the I/O that it submits, are charged to the guest. Says how far that went. */
export async function chargeRings(host: Host, guests: readonly GuestPlan[]): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const { ringThreads, cgroup, number } of guests) {
    if (ringThreads === undefined) continue;
    const why = `the work of the ring of guest ${number} is charged to it`;
    moved.push(await host.apply({ kind: 'ring-threads', prefix: ringThreads, cgroup, why }));
  }
  // Where the step is only noted, nobody has counted.
  if (moved.length === 0 || moved.includes('')) return [];
  const without = moved.flatMap((count, i) => (count === '0' ? [`${i + 1}`] : []));
  if (without.length === 0)
    return [`the work of each ring is charged to its guest: the backend's threads are in its cgroup`];
  const whose = `guest${without.length > 1 ? 's' : ''} ${without.join(', ')}`;
  return [
    `the work of the ring of ${whose} is charged to nobody: this kernel does not let the backend's threads be moved`,
  ];
}
