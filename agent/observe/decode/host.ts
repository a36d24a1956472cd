// The host as a whole: how busy its CPUs are, and how long tasks waited (Documentation/accounting/psi.rst).

import { parseStat } from '../../host/formats/cpu-stat.ts';
import type { Observed } from '../document.ts';
import type { Look } from '../series.ts';
import type { Watch } from '../watch.ts';

export function cpuBetween(looks: readonly Look[]): Observed['cpu'] {
  const [from, to] = [looks[0], looks.at(-1)].map((look) => parseStat(look?.texts.get('/proc/stat') ?? ''));
  if (!from || !to || to.total <= from.total) return null;
  return { cpus: to.each.length, busyPercent: (100 * (to.busy - from.busy)) / (to.total - from.total) };
}

export function pressureBetween(looks: readonly Look[], { cgroups }: Watch): Observed['pressure'] {
  const [from, to] = [looks[0], looks.at(-1)];
  if (!from || !to || to.atMs <= from.atMs) return [];
  const total = (look: Look, path: string): number | undefined => {
    const text = /^some .*total=(\d+)/m.exec(look.texts.get(path) ?? '')?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const files = [
    ...['cpu', 'io', 'memory'].map((resource) => ({ of: 'host', resource, path: `/proc/pressure/${resource}` })),
    ...cgroups.flatMap((folder) =>
      ['cpu', 'io'].map((resource) => ({
        of: folder.slice('/sys/fs/cgroup'.length),
        ...{ resource, path: `${folder}/${resource}.pressure` },
      })),
    ),
  ];
  return files.flatMap(({ of, resource, path }) => {
    const [a, b] = [total(from, path), total(to, path)];
    if (a === undefined || b === undefined) return [];
    return [{ of, resource, somePercent: Math.max(0, b - a) / 10 / (to.atMs - from.atMs) }];
  });
}
