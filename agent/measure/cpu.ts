// CPU time of the host, in per cent of what all its CPUs have.

import { type CpuTicks, parseStat } from '../host/formats/cpu-stat.ts';
import type { Source } from './source.ts';

export const cpu: Source<CpuTicks> = {
  read: async ({ host }) => parseStat((await host.read('/proc/stat')) ?? ''),
  between: (from, to) => {
    const percent = (ticks: number): number => (100 * ticks) / Math.max(1, to.total - from.total);
    return {
      cpus: to.each.length,
      busyPercent: percent(to.busy - from.busy),
      ...busiestOf(from.each, to.each),
      userPercent: percent(to.user - from.user),
      stealPercent: percent(to.steal - from.steal),
    };
  },
};

/** Left out where a CPU came or went, as the rest may have changed their places. */
function busiestOf(from: CpuTicks['each'], to: CpuTicks['each']): { readonly busiestCpuPercent?: number } {
  if (from.length !== to.length || to.length === 0) return {};
  const shares = to.map(({ busy, total }, i) => {
    const before = from[i] ?? { busy, total };
    return (100 * (busy - before.busy)) / Math.max(1, total - before.total);
  });
  return { busiestCpuPercent: Math.max(...shares) };
}
