// How long the other tenants of the host wait: the pressure of every cgroup that is neither ours nor above us
// (Documentation/admin-guide/cgroup-v2.rst, PSI). That of the host as a whole would count our own guests, who always wait.

import type { Host } from '../host/host.ts';
import { parseSomeTotal } from './pressure.ts';

const root = '/sys/fs/cgroup';
const resources = ['cpu', 'io', 'memory'] as const;

export interface Wait {
  /** Microseconds in which some task waited, ever. */
  readonly totalUs: number;
  /** Share of the last minute, per cent. */
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
    const beside = names.filter((name) => !/^layerlift[-_]/.test(name) && name !== path[depth]);
    others.push(...beside.map((name) => (above === '' ? name : `${above}/${name}`)));
  }
  return others.filter((name) => !/(^|\/)(cgroup|cpu|cpuset|io|memory|pids|hugetlb|rdma|misc|irq)\.[\w.]+$/.test(name));
}

/** Someone who waits for something much longer than is usual. */
export interface Suffering {
  /** As in `Waits`. */
  readonly key: string;
  /** Of the time, and what is usual. */
  readonly percent: number;
  readonly usualPercent: number;
}

/** Per cent of `elapsedMs` between two readings; undefined where it was not there in both. */
export function waitPercent(key: string, from: Waits, to: Waits, elapsedMs: number): number | undefined {
  const [start, end] = [from.get(key), to.get(key)];
  return start && end && elapsedMs > 0 ? (end.totalUs - start.totalUs) / 10 / elapsedMs : undefined;
}

/** Who waits longer than is usual by over `points` of a hundred. `usual`: per cent, by key; none where it says nothing. */
export function worstHit(
  { usual, from, to }: { usual: ReadonlyMap<string, number>; from: Waits; to: Waits },
  elapsedMs: number,
  points: number,
): readonly Suffering[] {
  return [...to.keys()].flatMap((key) => {
    const percent = waitPercent(key, from, to, elapsedMs);
    const usualPercent = usual.get(key) ?? 0;
    return percent !== undefined && percent - usualPercent > points ? [{ key, percent, usualPercent }] : [];
  });
}

/** Whether most of what is unusual is gone where someone waits `withoutPercent` of the time in place of `withPercent`. */
export function isMostly({ percent, usualPercent }: Suffering, withPercent: number, withoutPercent: number): boolean {
  return withPercent - withoutPercent > (2 / 3) * (percent - usualPercent);
}

/** Such as "machine.slice waited for io 43 %". */
export function waitText({ key, percent }: Suffering): string {
  const { cgroup, resource } = waiterOf({ key });
  return `${cgroup} waited for ${resource} ${percent.toFixed(0)} %`;
}

/** Who waits, and for what. */
export function waiterOf({ key }: Pick<Suffering, 'key'>): { readonly cgroup: string; readonly resource: string } {
  const [cgroup = '', resource = ''] = key.split(/ (?=\w+$)/);
  return { cgroup, resource };
}
