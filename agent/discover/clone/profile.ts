// A profile that clones what was found, as text: each line with where it was read, and at the end what it leaves open.

import { plain } from '../../report/formats/plain.ts';
import type { Discovered } from '../document.ts';
import { blockstackOf } from './blockstack.ts';
import type { Activity } from './counters.ts';
import { mediaOf, networkOf } from './layers.ts';
import { lineOf, loadOf, namesOf } from './load.ts';
import { type GuestDisk, guestDisks, mostFrequent } from './path.ts';
import { ringOf } from './ring.ts';
import type { Cloned, LayerClone } from './values.ts';

export interface Clone {
  readonly text: string;
  /** Parts that are not cloned, each with what that leaves open. */
  readonly open: readonly string[];
  /** Disks that its guests stand for. */
  readonly disks: readonly GuestDisk[];
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
  const load = loadOf(chosen, activity);
  const open = [
    ...(others.length > 0
      ? [`guests: ${namesOf(others)} ${others.length === 1 ? 'stands' : 'stand'} on another kind of stack`]
      : []),
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
    ...load.lines,
    'stack:',
    ...Object.entries(layers).flatMap(([layer, { cloned }]) => (cloned ? layerLines(layer, cloned) : [])),
    ...(open.length > 0 ? ['# Not cloned:', ...open.map((each) => `# - ${each}`)] : []),
  ];
  return { text: `${lines.join('\n')}\n`, open, disks: chosen };
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
