// CPU time of the run's own cgroups (Documentation/admin-guide/cgroup-v2.rst, cpu.stat): what its guests and a ring's helpers
// used, and how long a guest was held back by its own cpu.max.

import { countCpus } from '../lib/cpus.ts';
import type { Source } from './source.ts';

interface CgroupCpu {
  readonly usageUs: number;
  readonly userUs: number;
  /** Summed over the CPUs on which it waited. */
  readonly throttledUs: number;
  readonly throttledPeriods: number;
}

interface GuestsCpu {
  readonly cpus: number;
  /** Guests and helpers together. */
  readonly run: CgroupCpu;
  /** By the name of the guest's cgroup. */
  readonly guests: ReadonlyMap<string, CgroupCpu>;
}

export const guests: Source<GuestsCpu> = {
  read: async ({ host, cgroup }) => {
    const cpuOf = async (path: string): Promise<CgroupCpu | undefined> =>
      parseCpuStat((await host.read(`${path}/cpu.stat`)) ?? '');
    const names = (await host.list(`${cgroup}/guests`)).filter((name) => /^g\d+$/.test(name));
    const [stat, run, ...each] = await Promise.all([
      host.read('/proc/stat'),
      cpuOf(cgroup),
      ...names.map((name) => cpuOf(`${cgroup}/guests/${name}`)),
    ]);
    const cpus = countCpus(stat ?? '');
    if (!run || cpus === 0) return undefined;
    return { cpus, run, guests: new Map(names.flatMap((name, i) => (each[i] ? [[name, each[i]]] : []))) };
  },
  between: (from, to, elapsedMs) => {
    const percent = (us: number): number => us / 10 / elapsedMs;
    const named = [...to.guests].flatMap(([name, b]) => {
      const a = from.guests.get(name);
      return a ? [[name, changeOf(a, b)] as const] : [];
    });
    const changes = named.map(([, change]) => change);
    const held = named.filter(([, { throttledUs }]) => throttledUs > 0);
    const usages = changes.map(({ usageUs }) => percent(usageUs));
    const throttled = changes.map(({ throttledUs }) => Math.min(100, percent(throttledUs)));
    return {
      userPercentOfHost: percent(changeOf(from.run, to.run).userUs) / to.cpus,
      ...(changes.length > 0
        ? {
            busiestGuestPercent: Math.max(...usages),
            idlestGuestPercent: Math.min(...usages),
            throttledPercent: Math.max(...throttled),
            throttledPeriods: changes.reduce((total, one) => total + one.throttledPeriods, 0),
          }
        : {}),
      // Whose it was; of the others there is nothing to say.
      ...Object.fromEntries(
        held.map(([name, { throttledUs }]) => [`${name}ThrottledPercent`, Math.min(100, percent(throttledUs))]),
      ),
    };
  },
};

/** Undefined without times; the figures of throttling are missing where the cpu controller is off, and count as none. */
export function parseCpuStat(text: string): CgroupCpu | undefined {
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [usageUs, userUs] = [value('usage_usec'), value('user_usec')];
  if (usageUs === undefined || userUs === undefined) return undefined;
  return { usageUs, userUs, throttledUs: value('throttled_usec') ?? 0, throttledPeriods: value('nr_throttled') ?? 0 };
}

function changeOf(from: CgroupCpu, to: CgroupCpu): CgroupCpu {
  return {
    usageUs: to.usageUs - from.usageUs,
    userUs: to.userUs - from.userUs,
    throttledUs: to.throttledUs - from.throttledUs,
    throttledPeriods: to.throttledPeriods - from.throttledPeriods,
  };
}
