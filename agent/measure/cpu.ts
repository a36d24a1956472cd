// CPU time of the host from /proc/stat (proc(5)): the share that was busy, and the share that others stole.

import type { Source } from './source.ts';

interface CpuTicks {
  readonly busy: number;
  readonly steal: number;
  readonly total: number;
}

export const cpu: Source<CpuTicks> = {
  read: async (host) => parseStat((await host.read('/proc/stat')) ?? ''),
  between: (from, to) => {
    const total = Math.max(1, to.total - from.total);
    return {
      busyPercent: (100 * (to.busy - from.busy)) / total,
      stealPercent: (100 * (to.steal - from.steal)) / total,
    };
  },
};

export function parseStat(text: string): CpuTicks | undefined {
  const fields = /^cpu\s+(.*)$/m.exec(text)?.[1]?.split(/\s+/).map(Number);
  if (!fields || fields.length < 8) return undefined;
  // guest time is part of user time already, so only the first eight add up.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, total: busy + idle + iowait + steal };
}
