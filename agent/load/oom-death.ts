// Why the kernel's OOM killer took a guest.

import { LoadError } from '../lib/errors.ts';
import { renderBytes } from '../lib/units.ts';

/**
 * `events`: memory.events of the guest's cgroup. Undefined where the OOM killer took nobody of it. `oom_kill` counts all of its
 * kills, `oom` only what the cgroup's own limit caused (Documentation/admin-guide/cgroup-v2.rst, "memory.events").
 */
export function oomDeath(guest: number, events: string, memoryMax: number | undefined): LoadError | undefined {
  const count = (event: string): number => Number(new RegExp(`^${event} (\\d+)$`, 'm').exec(events)?.[1] ?? 0);
  if (count('oom_kill') === 0) return undefined;
  if (memoryMax !== undefined && count('oom') > 0)
    return new LoadError(
      `guest ${guest} was killed: it reached its memory.max of ${renderBytes(memoryMax)}`,
      'raise memoryMax in the profile',
    );
  return new LoadError(
    `guest ${guest} was killed: the host ran out of memory, and guests go before all else`,
    'find what takes the memory (the kernel log names it), or measure with fewer guests',
  );
}
