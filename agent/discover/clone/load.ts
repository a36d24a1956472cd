// The guests as they drive their disks now: those that drive alike are a group, with the limits of their cgroups.

import { mostGuests } from '../../lib/guest.ts';
import { plain } from '../../report/formats/plain.ts';
import type { Device, Parameter } from '../document.ts';
import type { Activity } from './counters.ts';
import type { GuestDisk } from './path.ts';
import type { Line } from './values.ts';

/** Guests that are no further apart are one group: points of the share of reads, and a factor of size and depth. */
const apart = { readShare: 0.1, factor: 1.5 };

interface Drive {
  readonly disk: GuestDisk;
  readonly top: Device;
  readonly own: Activity;
}

export interface Load {
  readonly lines: readonly string[];
  /** Sentences on parts that are not cloned. */
  readonly open: readonly string[];
}

export function loadOf(chosen: readonly GuestDisk[], activity: ReadonlyMap<string, Activity>): Load {
  const driven = chosen.flatMap((disk): readonly Drive[] => {
    const top = disk.way.find((device) => device.number !== undefined);
    const own = top && activity.get(top.id);
    return own ? [{ disk, top, own }] : [];
  });
  if (driven.length === 0)
    return {
      lines: ['guests:', ...guestLines(chosen.slice(0, mostGuests), '  ')],
      open: [
        ...tooMany(chosen.length),
        'workload: the guests did too little during the look: the default load stands for theirs',
      ],
    };
  const quiet = chosen.filter((disk) => !driven.some((one) => one.disk === disk));
  const groups = grouped(driven.slice(0, mostGuests));
  const rate = driven.reduce((sum, { own }) => sum + own.iosPerSecond, 0);
  return {
    lines: groups.length === 1 ? groups.flatMap(oneGroup) : ['guests:', ...listed(groups)],
    open: [
      ...tooMany(driven.length),
      ...(quiet.length > 0
        ? [
            `guests: ${namesOf(quiet)} did too little during the look, and ${quiet.length === 1 ? 'is' : 'are'} left out`,
          ]
        : []),
      `workload: all guests together did ${rate.toFixed(0)} I/Os a second; the clone's guests do as many as the stack lets through`,
    ],
  };
}

function tooMany(guests: number): readonly string[] {
  return guests > mostGuests ? [`guests: ${guests - mostGuests} more than a profile can have`] : [];
}

/** Each joins the first group whose first guest drives alike. */
function grouped(driven: readonly Drive[]): readonly (readonly Drive[])[] {
  const groups: Drive[][] = [];
  for (const one of driven) {
    const known = groups.find(([first]) => first && areAlike(first.own, one.own));
    if (known) known.push(one);
    else groups.push([one]);
  }
  return groups;
}

function areAlike(a: Activity, b: Activity): boolean {
  const isNear = (x: number, y: number): boolean => Math.max(x, y) <= apart.factor * Math.min(x, y);
  return (
    Math.abs(a.readShare - b.readShare) <= apart.readShare &&
    isNear(a.bytesPerIo, b.bytesPerIo) &&
    isNear(depthOf(a.inFlight), depthOf(b.inFlight))
  );
}

function depthOf(inFlight: number): number {
  return Math.min(4096, Math.max(1, Math.round(inFlight)));
}

function oneGroup(group: readonly Drive[]): readonly string[] {
  return ['guests:', ...guestLines(disksOf(group), '  '), 'workload:', ...workloadLines(group, '  ')];
}

/** A name is unique, and at most 21 letters, digits and hyphens. */
function listed(groups: readonly (readonly Drive[])[]): readonly string[] {
  const names: string[] = [];
  return groups.flatMap((group, i) => {
    const own = (group[0]?.disk.user.name ?? '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 16)
      .replace(/^-|-$/g, '');
    const name = own === '' || names.includes(own) ? `${own === '' ? 'guests' : own}-${i + 1}` : own;
    names.push(name);
    return [
      `  - name: ${name} # ${plain(namesOf(disksOf(group)))}`,
      ...guestLines(disksOf(group), '    '),
      '    workload:',
      ...workloadLines(group, '      '),
    ];
  });
}

function disksOf(group: readonly Drive[]): readonly GuestDisk[] {
  return group.map(({ disk }) => disk);
}

function guestLines(disks: readonly GuestDisk[], indent: string): readonly string[] {
  const limited = disks.flatMap((disk, i) => {
    const lines = limitsOf(disk);
    return lines.length > 0
      ? [`${indent}  ${i + 1}: # ${plain(disk.user.name)}`, ...lines.map((line) => lineOf(`${indent}    `, line))]
      : [];
  });
  return [
    `${indent}count: ${disks.length} # disks of ${plain(namesOf(disks))}`,
    ...(limited.length > 0 ? [`${indent}only:`, ...limited] : []),
  ];
}

/** Limits of a guest's own cgroup: io.max and cpu.max. */
function limitsOf({ user: { parameters } }: GuestDisk): readonly Line[] {
  const find = (wanted: string): Parameter | undefined => parameters.find(({ name }) => name === wanted);
  const [io, cpu] = [find('io.max'), find('cpu.max')];
  const set = [...(io?.value ?? '').matchAll(/\b([rw](?:bps|iops))=(\d{1,9})\b/g)].map(
    ([, key = '', value = '']) => `${key}: ${value}`,
  );
  return [
    ...(io && set.length > 0
      ? [{ key: 'ioMax', value: `{ ${[...new Set(set)].slice(0, 4).join(', ')} }`, origin: io.from }]
      : []),
    ...(cpu && /^\d{4,13} \d{4,7}$/.test(cpu.value)
      ? [{ key: 'cpuMax', value: `"${cpu.value}"`, origin: cpu.from }]
      : []),
  ];
}

/** Mix and size are means over the group's I/Os, depth is the mean over its guests. */
function workloadLines(group: readonly Drive[], indent: string): readonly string[] {
  const rate = group.reduce((sum, { own }) => sum + own.iosPerSecond, 0);
  const mean = (pick: (one: Activity) => number): number =>
    group.reduce((sum, { own }) => sum + pick(own) * own.iosPerSecond, 0) / rate;
  const depth = group.reduce((sum, { own }) => sum + own.inFlight, 0) / group.length;
  const reads = Math.round(100 * mean(({ readShare }) => readShare));
  const bytes = Math.min(2 ** 24, Math.max(4096, Math.round(mean(({ bytesPerIo }) => bytesPerIo) / 4096) * 4096));
  const [first] = group;
  const from = `/proc/diskstats of ${group.length === 1 ? (first?.top.id ?? '') : `${group.length} disks`}, ${(first?.own.seconds ?? 0).toFixed(0)} s`;
  const pattern: Line =
    reads === 100
      ? { key: 'rw', value: 'randread', origin: `reads alone: ${from}` }
      : {
          key: 'rw',
          value: reads === 0 ? 'randwrite' : 'randrw',
          origin: `offsets cannot be seen: taken as random; ${from}`,
        };
  return [
    pattern,
    ...(reads > 0 && reads < 100 ? [{ key: 'rwmixread', value: reads, origin: from }] : []),
    { key: 'bs', value: bytes, origin: `mean size, in whole blocks of 4 KiB: ${from}` },
    {
      key: 'iodepth',
      value: depthOf(depth),
      origin: `mean in flight by Little's law: ${depth.toFixed(2)}; ${rate.toFixed(0)} I/Os a second; ${from}`,
    },
  ].map((line) => lineOf(indent, line));
}

export function lineOf(indent: string, { key, value, origin }: Line): string {
  return `${indent}${key}: ${value} # ${plain(origin)}`;
}

export function namesOf(disks: readonly GuestDisk[]): string {
  const names = [...new Set(disks.map(({ user }) => user.name))];
  const most = 6;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
