// Limits of cgroups and how near to them they are: io.max, cpu.max (Documentation/admin-guide/cgroup-v2.rst).

import type { ObservedThrottle } from '../document.ts';
import type { Look } from '../series.ts';
import type { Watch } from '../watch.ts';

/** Lines of `8:0 rbytes=1 wbytes=2`, by device number. */
function byDevice(text: string | undefined): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const [number = '', ...pairs] = line.trim().split(/\s+/);
      if (!/^\d+:\d+$/.test(number)) return [];
      const values = pairs.flatMap((pair) => {
        const [, key, value] = /^(\w+)=(\d+)$/.exec(pair) ?? [];
        return key === undefined ? [] : [[key, Number(value)] as const];
      });
      return [[number, new Map(values)] as const];
    }),
  );
}

/** What io.stat counts for each key of io.max. */
const countedAs: Readonly<Record<string, string>> = { rbps: 'rbytes', wbps: 'wbytes', riops: 'rios', wiops: 'wios' };

export function throttlesBetween(looks: readonly Look[], { cgroups, found }: Watch): readonly ObservedThrottle[] {
  const [from, to] = [looks[0], looks.at(-1)];
  if (!from || !to || to.atMs <= from.atMs) return [];
  const seconds = (to.atMs - from.atMs) / 1000;
  const nameOf = (number: string): string => found.devices.find((device) => device.number === number)?.id ?? number;
  return cgroups.flatMap((folder): readonly ObservedThrottle[] => {
    const cgroup = folder.slice('/sys/fs/cgroup'.length);
    const [before, after] = [from, to].map((look) => byDevice(look.texts.get(`${folder}/io.stat`)));
    const io = [...byDevice(to.texts.get(`${folder}/io.max`))].flatMap(([number, limits]) =>
      [...limits].flatMap(([key, limit]): readonly ObservedThrottle[] => {
        const counter = countedAs[key];
        const count = (stats: typeof before): number => stats?.get(number)?.get(counter ?? '') ?? 0;
        if (counter === undefined) return [];
        const perSecond = Math.max(0, count(after) - count(before)) / seconds;
        return [{ kind: 'io.max', cgroup, device: nameOf(number), key, perSecond, limit }];
      }),
    );
    return [...io, ...cpuOf(folder, { cgroup, from, to, seconds })];
  });
}

function cpuOf(
  folder: string,
  { cgroup, from, to, seconds }: { cgroup: string; from: Look; to: Look; seconds: number },
): readonly ObservedThrottle[] {
  const quota = to.texts.get(`${folder}/cpu.max`)?.trim();
  if (quota === undefined || quota === '' || quota.startsWith('max')) return [];
  const value = (look: Look, key: string): number | undefined => {
    const text = new RegExp(`^${key} (\\d+)$`, 'm').exec(look.texts.get(`${folder}/cpu.stat`) ?? '')?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const grown = (key: string): number => Math.max(0, (value(to, key) ?? 0) - (value(from, key) ?? 0));
  const periods = grown('nr_periods');
  return [
    {
      ...{ kind: 'cpu.max', cgroup, quota },
      periodsShare: periods > 0 ? grown('nr_throttled') / periods : 0,
      stoppedShare: grown('throttled_usec') / 1e6 / seconds,
    },
  ];
}
