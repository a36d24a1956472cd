// The CPUs of this host.

import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseCpuList } from '../../lib/cpus.ts';

/** CPUs that the kernel may ever use: the number of queues that a wide stub gets. */
export function cpuCount(): number {
  return os.cpus().length;
}

/** Numbers of the CPUs that are online. */
export function availableCpus(): ReadonlySet<number> {
  return parseCpuList(readFileSync('/sys/devices/system/cpu/online', 'utf8'));
}
