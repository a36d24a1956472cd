// A profile that clones what was found, as text: each line with where it was read, and at the end what it leaves open.

import { plain } from '../../report/formats/plain.ts';
import type { Discovered, Parameter } from '../document.ts';
import { blockstackOf } from './blockstack.ts';
import type { Activity } from './counters.ts';
import { type Cloned, type LayerClone, type Line, mediaOf, networkOf, ringOf } from './layers.ts';
import { type GuestDisk, guestDisks, mostFrequent } from './path.ts';

/** As a profile allows. */
const mostGuests = 64;

export interface Clone {
  readonly text: string;
  /** Parts that are not cloned, each with what that leaves open. */
  readonly open: readonly string[];
}

/** Undefined where nobody uses a device. `scratch`: a device to read in place of a model of the media. */
export function cloneOf(
  found: Discovered,
  { activity, scratch }: { readonly activity: ReadonlyMap<string, Activity>; readonly scratch: string | undefined },
): Clone | undefined {
  const { chosen, others } = mostFrequent(guestDisks(found));
  const [first] = chosen;
  if (!first) return undefined;
  const layersOf = ({ way }: GuestDisk) => ({
    media: mediaOf(way, { activity, scratch }),
    network: networkOf(way),
    blockstack: blockstackOf(way, chosen.length),
    ring: ringOf(way),
  });
  const layers = layersOf(first);
  const load = workloadOf(chosen, activity);
  const open = [
    ...(others.length > 0
      ? [`guests: ${namesOf(others)} ${others.length === 1 ? 'stands' : 'stand'} on another kind of stack`]
      : []),
    ...(chosen.length > mostGuests ? [`guests: ${chosen.length - mostGuests} more than a profile can have`] : []),
    ...differing(chosen, (disk) => JSON.stringify(valuesOf(layersOf(disk).ring))),
    ...load.open,
    ...Object.values(layers).flatMap((layer) => layer.open),
  ].map(plain);
  const { host } = found;
  const lines = [
    `# Question: which layer holds ${plain(namesOf(chosen))} back?`,
    `# Cloned from ${plain(host.name)}, Linux ${plain(host.kernel)}, as it was at ${plain(host.time)}.`,
    'version: 1',
    `name: ${nameOf(host.name)}`,
    ...guestLines(chosen),
    ...load.lines,
    'stack:',
    ...Object.entries(layers).flatMap(([layer, { cloned }]) => (cloned ? layerLines(layer, cloned) : [])),
    ...(open.length > 0 ? ['# Not cloned:', ...open.map((each) => `# - ${each}`)] : []),
  ];
  return { text: `${lines.join('\n')}\n`, open };
}

/** A profile has one ring for all guests: whose has other settings than the first is named. */
function differing(chosen: readonly GuestDisk[], settings: (disk: GuestDisk) => string): readonly string[] {
  const [first] = chosen;
  const others = first ? chosen.filter((disk) => settings(disk) !== settings(first)) : [];
  if (!first || others.length === 0) return [];
  return [
    `ring: ${namesOf(others)} ${others.length === 1 ? 'has' : 'have'} other settings than ${first.user.name}, whose ring all guests get`,
  ];
}

function valuesOf({ cloned }: LayerClone): readonly (readonly [string, string | number])[] {
  return cloned?.lines.map(({ key, value }) => [key, value] as const) ?? [];
}

function nameOf(host: string): string {
  const name = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 35);
  return `clone${name === '' ? '' : `-${name}`}`;
}

function namesOf(disks: readonly GuestDisk[]): string {
  const names = [...new Set(disks.map(({ user }) => user.name))];
  const most = 6;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}

function lineOf(indent: string, { key, value, origin }: Line): string {
  return `${indent}${key}: ${value} # ${plain(origin)}`;
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

function guestLines(chosen: readonly GuestDisk[]): readonly string[] {
  const guests = chosen.slice(0, mostGuests);
  const limited = guests.flatMap((disk, i) => {
    const lines = limitsOf(disk);
    return lines.length > 0
      ? [`    ${i + 1}: # ${plain(disk.user.name)}`, ...lines.map((line) => lineOf('      ', line))]
      : [];
  });
  return [
    'guests:',
    `  count: ${guests.length} # disks of ${plain(namesOf(chosen))}`,
    ...(limited.length > 0 ? ['  only:', ...limited] : []),
  ];
}

/** The guests together, as they drive their disks now: one workload is all that a profile has. */
function workloadOf(
  chosen: readonly GuestDisk[],
  activity: ReadonlyMap<string, Activity>,
): { readonly lines: readonly string[]; readonly open: readonly string[] } {
  const seen = chosen.flatMap(({ way }) => {
    const top = way.find((device) => device.number !== undefined);
    const own = top && activity.get(top.id);
    return own ? [{ top, own }] : [];
  });
  if (seen.length === 0)
    return {
      lines: [],
      open: ['workload: the guests did too little during the look: the default load stands for theirs'],
    };
  const rate = seen.reduce((sum, { own }) => sum + own.iosPerSecond, 0);
  const mean = (pick: (one: Activity) => number): number =>
    seen.reduce((sum, { own }) => sum + pick(own) * own.iosPerSecond, 0) / rate;
  const depth = seen.reduce((sum, { own }) => sum + own.inFlight, 0) / seen.length;
  const reads = Math.round(100 * mean(({ readShare }) => readShare));
  const bytes = Math.min(2 ** 24, Math.max(4096, Math.round(mean(({ bytesPerIo }) => bytesPerIo) / 4096) * 4096));
  const [first] = seen;
  const from = `/proc/diskstats of ${seen.length === 1 ? (first?.top.id ?? '') : `${seen.length} disks`}, ${(first?.own.seconds ?? 0).toFixed(0)} s`;
  return {
    lines: [
      'workload:',
      ...(reads === 100
        ? [lineOf('  ', { key: 'rw', value: 'randread', origin: `reads alone: ${from}` })]
        : [
            lineOf('  ', {
              key: 'rw',
              value: reads === 0 ? 'randwrite' : 'randrw',
              origin: `offsets cannot be seen: taken as random; ${from}`,
            }),
          ]),
      ...(reads > 0 && reads < 100 ? [lineOf('  ', { key: 'rwmixread', value: reads, origin: from })] : []),
      lineOf('  ', { key: 'bs', value: bytes, origin: `mean size, in whole blocks of 4 KiB: ${from}` }),
      lineOf('  ', {
        key: 'iodepth',
        value: Math.min(4096, Math.max(1, Math.round(depth))),
        origin: `mean in flight by Little's law: ${depth.toFixed(2)}; ${from}`,
      }),
    ],
    open: [
      `workload: all guests together did ${rate.toFixed(0)} I/Os a second; the clone's guests do as many as the stack lets through`,
      'workload: one mix for all guests: how they differ from one another is not cloned',
    ],
  };
}

function layerLines(layer: string, { provider, lines, tables = [] }: Cloned): readonly string[] {
  return [
    `  ${layer}:`,
    '    deployed:',
    `      provider: ${provider}`,
    ...lines.map((line) => lineOf('      ', line)),
    ...(tables.length > 0 ? ['      devices:'] : []),
    ...tables.flatMap(({ name, table, origin }) => [
      `        - name: ${name} # ${plain(origin)}`,
      `          table: '${table.replaceAll("'", "''")}'`,
    ]),
  ];
}
