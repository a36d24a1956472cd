// How long the other tenants of the host wait: the pressure of every cgroup that is neither ours nor above us
// (Documentation/admin-guide/cgroup-v2.rst, PSI). That of the host as a whole would count our own guests, who always wait.

import type { Host } from '../host/host.ts';
import { parseSomeTotal } from './pressure.ts';

const root = '/sys/fs/cgroup';
const resources = ['cpu', 'io', 'memory'] as const;

export interface Wait {
  /** Microseconds in which some task waited, ever. */
  readonly totalUs: number;
  /** Of the last minute, per cent. */
  readonly percentOfMinute: number;
}

/** By `cgroup resource`, such as `machine.slice io`. */
export type Waits = ReadonlyMap<string, Wait>;

/** Empty where this kernel keeps no pressure for cgroups. */
export async function readWaits(host: Pick<Host, 'read' | 'list'>): Promise<Waits> {
  const own = /^0::(.*)$/m.exec((await host.read('/proc/self/cgroup')) ?? '')?.[1] ?? '/';
  const found = new Map<string, Wait>();
  for (const cgroup of await othersThan(host, own)) {
    for (const resource of resources) {
      const text = (await host.read(`${root}/${cgroup}/${resource}.pressure`)) ?? '';
      const totalUs = parseSomeTotal(text);
      const percent = /^some .*avg60=([\d.]+)/m.exec(text)?.[1];
      if (totalUs !== undefined) found.set(`${cgroup} ${resource}`, { totalUs, percentOfMinute: Number(percent ?? 0) });
    }
  }
  return found;
}

/** Those beside `own` and beside each cgroup above it. */
async function othersThan(host: Pick<Host, 'list'>, own: string): Promise<readonly string[]> {
  const others: string[] = [];
  const path = own.split('/').filter(Boolean);
  for (let depth = 0; depth <= Math.max(0, path.length - 1); depth++) {
    const above = path.slice(0, depth).join('/');
    const names = await host.list(`${root}/${above}`);
    const beside = names.filter((name) => !name.startsWith('layerlift-') && name !== path[depth]);
    others.push(...beside.map((name) => (above === '' ? name : `${above}/${name}`)));
  }
  return others.filter((name) => !/(^|\/)(cgroup|cpu|cpuset|io|memory|pids|hugetlb|rdma|misc|irq)\.[\w.]+$/.test(name));
}

/**
 * Who waits more than before by over `points` of a hundred, as a sentence; undefined if nobody does. `before`: read before the
 * load; `from`, `to`: `elapsedMs` apart, under it.
 */
export function sufferer(
  { before, from, to }: { before: Waits; from: Waits; to: Waits },
  elapsedMs: number,
  points: number,
): string | undefined {
  for (const [key, { totalUs }] of to) {
    const [start, was] = [from.get(key), before.get(key)];
    if (!start || elapsedMs <= 0) continue;
    const percent = (totalUs - start.totalUs) / 10 / elapsedMs;
    const usual = was?.percentOfMinute ?? 0;
    if (percent - usual <= points) continue;
    const [cgroup = '', resource = ''] = key.split(/ (?=\w+$)/);
    return `${cgroup} waited for ${resource} ${percent.toFixed(0)} % of the last ${(elapsedMs / 1000).toFixed(0)} s, ${usual.toFixed(0)} % before the run`;
  }
  return undefined;
}
