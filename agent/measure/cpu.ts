// CPU time of the host from /proc/stat (proc(5)): the shares that were busy, spent in programs, and stolen by others.

import { countCpus } from '../lib/cpus.ts';
import type { Source } from './source.ts';

interface CpuTicks {
  readonly cpus: number;
  readonly busy: number;
  /** In programs, virtual machines among them; kernel threads have none. */
  readonly user: number;
  readonly steal: number;
  readonly total: number;
}

export const cpu: Source<CpuTicks> = {
  read: async ({ host }) => parseStat((await host.read('/proc/stat')) ?? ''),
  between: (from, to) => {
    const percent = (ticks: number): number => (100 * ticks) / Math.max(1, to.total - from.total);
    return {
      cpus: to.cpus,
      busyPercent: percent(to.busy - from.busy),
      userPercent: percent(to.user - from.user),
      stealPercent: percent(to.steal - from.steal),
    };
  },
};

export function parseStat(text: string): CpuTicks | undefined {
  const fields = /^cpu\s+(.*)$/m.exec(text)?.[1]?.split(/\s+/).map(Number);
  if (!fields || fields.length < 8) return undefined;
  // guest time is part of user time already, so only the first eight add up.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { cpus: countCpus(text), busy, user: user + nice, steal, total: busy + idle + iowait + steal };
}
