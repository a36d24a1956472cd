// The kernel threads that do the rings' work, put into the cgroups of the guests whose rings they are.

import type { Host } from '../host/host.ts';
import type { GuestPlan } from './guest.ts';

/** Whether the backend's threads are in the cgroups of the guests; `guests`: those whose threads the kernel does not let go. */
export type RingCharge =
  { readonly kind: 'rings-charged' } | { readonly kind: 'rings-not-charged'; readonly guests: readonly number[] };

/** In the guest's cgroup a ring's work, and the I/O that it submits, are charged to the guest. */
export async function chargeRings(host: Host, guests: readonly GuestPlan[]): Promise<RingCharge | undefined> {
  const moved: string[] = [];
  for (const { ringThreads, cgroup, number } of guests) {
    if (ringThreads === undefined) continue;
    const why = `the work of the ring of guest ${number} is charged to it`;
    moved.push(await host.apply({ kind: 'ring-threads', prefix: ringThreads, cgroup, why }));
  }
  // Where the step is only noted, nobody has counted.
  if (moved.length === 0 || moved.includes('')) return undefined;
  const without = moved.flatMap((count, i) => (count === '0' ? [i + 1] : []));
  return without.length === 0 ? { kind: 'rings-charged' } : { kind: 'rings-not-charged', guests: without };
}
