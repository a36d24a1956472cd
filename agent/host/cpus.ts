// The CPUs of this host.

import { readFileSync } from 'node:fs';
import os from 'node:os';

/** CPUs that the kernel may ever use: the number of queues that a wide stub gets. */
export function cpuCount(): number {
  return os.cpus().length;
}

/** Numbers of the CPUs that are online. */
export function availableCpus(): ReadonlySet<number> {
  return parseCpuList(readFileSync('/sys/devices/system/cpu/online', 'utf8'));
}

/** Such as `0-3,8` (Documentation/admin-guide/cputopology.rst). */
export function parseCpuList(text: string): ReadonlySet<number> {
  const parts = [...text.matchAll(/(\d+)(?:-(\d+))?/g)];
  return new Set(
    parts.flatMap(([, first, last]) => {
      const from = Number(first);
      return Array.from({ length: Number(last ?? first) - from + 1 }, (_, i) => from + i);
    }),
  );
}
