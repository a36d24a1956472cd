// The host as a whole: how busy its CPUs are, and how long tasks waited (Documentation/accounting/psi.rst).

import { countCpus } from '../../lib/cpus.ts';
import type { Observed } from '../document.ts';
import type { Look } from '../series.ts';
import type { Watch } from '../watch.ts';

export function cpuBetween(looks: readonly Look[]): Observed['cpu'] {
  const [from, to] = [looks[0], looks.at(-1)].map((look) => ticksIn(look?.texts.get('/proc/stat')));
  if (!from || !to || to.total <= from.total) return null;
  return { cpus: to.cpus, busyPercent: (100 * (to.busy - from.busy)) / (to.total - from.total) };
}

function ticksIn(text: string | undefined): { cpus: number; busy: number; total: number } | undefined {
  const fields = /^cpu\s+(.*)$/m
    .exec(text ?? '')?.[1]
    ?.split(/\s+/)
    .map(Number);
  if (!fields || fields.length < 8 || text === undefined) return undefined;
  // Time of guests is part of user time already.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { cpus: countCpus(text), busy, total: busy + idle + iowait + steal };
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
