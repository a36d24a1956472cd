// The guests as they drive their disks now: those that drive alike are a group, with the limits of their cgroups.

import { mostGuests } from '../../lib/guest.ts';
import { sum } from '../../lib/numbers.ts';
import { plain } from '../../report/formats/plain.ts';
import type { Parameter } from '../document.ts';
import type { Activity } from './counters.ts';
import type { GuestDisk } from './path.ts';
import type { Line } from './values.ts';
import { areAlike, asksFor, type Drive, perSecond, workloadLines } from './workload.ts';

export interface Load {
  readonly lines: readonly string[];
  /** Sentences on parts that are not cloned. */
  readonly open: readonly string[];
}

export function loadOf(chosen: readonly GuestDisk[], activity: ReadonlyMap<string, Activity>): Load {
  const tops = new Map(chosen.map((disk) => [disk, disk.way.find((device) => device.number !== undefined)]));
  const driven = chosen.flatMap((disk): readonly Drive[] => {
    const top = tops.get(disk);
    const own = top && activity.get(top.id);
    const sharers = [...tops.values()].filter((other) => other?.id === top?.id).length;
    return own ? [{ disk, top, sharers, own: shareOf(own, sharers) }] : [];
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
  return {
    lines: groups.length === 1 ? groups.flatMap(oneGroup) : ['guests:', ...listed(groups)],
    open: [
      ...tooMany(driven.length),
      ...(quiet.length > 0
        ? [
            `guests: ${namesOf(quiet)} did too little during the look, and ${quiet.length === 1 ? 'is' : 'are'} left out`,
          ]
        : []),
      ...ofLoops(groups),
    ],
  };
}

/** Who stand on one device drive an equal part of what it does. */
function shareOf(own: Activity, sharers: number): Activity {
  return { ...own, iosPerSecond: own.iosPerSecond / sharers, inFlight: own.inFlight / sharers };
}

/** What the run can say of guests in a closed loop, and of those in an open one. */
function ofLoops(groups: readonly (readonly Drive[])[]): readonly string[] {
  const together = (some: readonly Drive[]): string =>
    `${perSecond(sum(some.map(({ own }) => own.iosPerSecond)))} I/Os a second`;
  const closed = groups.filter((group) => asksFor(group) === undefined).flat();
  const open = groups.filter((group) => asksFor(group) !== undefined).flat();
  return [
    ...(closed.length > 0
      ? [
          `workload: ${namesOf(disksOf(closed))} did ${together(closed)}; the clone's guests do as many as the stack lets through`,
        ]
      : []),
    ...(open.length > 0
      ? [
          `workload: ${namesOf(disksOf(open))} did ${together(open)}, with less than one in flight each; the clone's guests ask for as many, and no stub lifts goodput above that; whether they would ask a quicker stack for more cannot be seen: without rate and arrivals in the profile they ask for all that it gives`,
        ]
      : []),
  ];
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

function oneGroup(group: readonly Drive[]): readonly string[] {
  return [
    'guests:',
    ...guestLines(disksOf(group), '  '),
    'workload:',
    ...workloadLines(group).map((line) => lineOf('  ', line)),
  ];
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
      ...workloadLines(group).map((line) => lineOf('      ', line)),
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

export function lineOf(indent: string, { key, value, origin }: Line): string {
  return `${indent}${key}: ${value} # ${plain(origin)}`;
}

export function namesOf(disks: readonly GuestDisk[]): string {
  const names = [...new Set(disks.map(({ user }) => user.name))];
  const most = 6;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
