// How full what a guest is confined to was: the CPUs of its cpuset, and its memory (Documentation/admin-guide/cgroup-v2.rst).
// Only for guests that are so confined.

import { parseCpuList } from '../lib/cpus.ts';
import { parseSomeTotal } from './pressure.ts';
import type { Source } from './source.ts';

interface CpuTime {
  readonly busy: number;
  readonly total: number;
}

interface Confined {
  /** Of the CPUs in its cpuset together; undefined where it has none. */
  readonly cpus: CpuTime | undefined;
  /** Undefined where its memory has no limit, or the kernel gives no pressure of cgroups. */
  readonly memory: { readonly stalledUs: number; readonly limitHits: number } | undefined;
}

/** By the name of the guest's cgroup. */
type Reading = ReadonlyMap<string, Confined>;

export const guestLimits: Source<Reading> = {
  read: async ({ host, cgroup }) => {
    const names = (await host.list(`${cgroup}/guests`)).filter((name) => /^g\d+$/.test(name));
    const stat = parseEachCpu((await host.read('/proc/stat')) ?? '');
    const confined = await Promise.all(
      names.map(async (name) => {
        const read = async (file: string): Promise<string> =>
          ((await host.read(`${cgroup}/guests/${name}/${file}`)) ?? '').trim();
        const [cpuset, most] = await Promise.all([read('cpuset.cpus'), read('memory.max')]);
        const hasLimit = /^\d+$/.test(most);
        return [
          name,
          {
            cpus: cpuset === '' ? undefined : timeOf(cpuset, stat),
            memory: hasLimit ? memoryOf(await read('memory.pressure'), await read('memory.events')) : undefined,
          },
        ] as const;
      }),
    );
    const some = confined.filter(([, { cpus, memory }]) => cpus ?? memory);
    return some.length > 0 ? new Map(some) : undefined;
  },
  between: (from, to, elapsedMs) =>
    Object.fromEntries(
      [...to].flatMap(([name, b]) => {
        const a = from.get(name);
        const out: [string, number][] = [];
        if (a?.cpus && b.cpus && b.cpus.total > a.cpus.total) {
          const busy = (100 * (b.cpus.busy - a.cpus.busy)) / (b.cpus.total - a.cpus.total);
          out.push([`${name}CpusetBusyPercent`, busy]);
        }
        if (a?.memory && b.memory) {
          // A stall while its own limit was not hit is the host's.
          const stalledUs = b.memory.limitHits > a.memory.limitHits ? b.memory.stalledUs - a.memory.stalledUs : 0;
          out.push([`${name}MemoryStallPercent`, Math.min(100, stalledUs / 10 / elapsedMs)]);
        }
        return out;
      }),
    ),
};

function memoryOf(pressure: string, events: string): Confined['memory'] {
  const stalledUs = parseSomeTotal(pressure);
  const hits = /^max (\d+)$/m.exec(events)?.[1];
  return stalledUs === undefined || hits === undefined ? undefined : { stalledUs, limitHits: Number(hits) };
}

function timeOf(cpuset: string, stat: ReadonlyMap<number, CpuTime>): CpuTime | undefined {
  const times = [...parseCpuList(cpuset)].flatMap((cpu) => stat.get(cpu) ?? []);
  if (times.length === 0) return undefined;
  return times.reduce((sum, { busy, total }) => ({ busy: sum.busy + busy, total: sum.total + total }));
}

/** Ticks of each CPU in /proc/stat (proc(5)); guest time is part of user time already. */
export function parseEachCpu(text: string): ReadonlyMap<number, CpuTime> {
  return new Map(
    [...text.matchAll(/^cpu(\d+) (.*)$/gm)].map(([, cpu, fields = '']) => {
      const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields
        .trim()
        .split(/\s+/)
        .map(Number);
      const busy = user + nice + system + irq + softirq;
      return [Number(cpu), { busy, total: busy + idle + iowait + steal }];
    }),
  );
}
