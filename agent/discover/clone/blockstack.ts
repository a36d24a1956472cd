// Devices of device-mapper, and md that device-mapper can stand for, as tables of a profile: from the media's end up, with
// `{below}` and names for devices. Keys are zeros.

import { mostDevices } from '../../lib/stack-note.ts';
import type { Device } from '../document.ts';
import { namedOf } from './named.ts';
import { type LayerClone, type Line, whole } from './values.ts';

interface Row {
  readonly name: string;
  readonly table: string;
  readonly origin: string;
}

interface Building {
  readonly rows: readonly Row[];
  /** The device beneath the next one, and its length. */
  readonly on: string;
  readonly length: string;
  readonly open: readonly string[];
}

/** `guests`: how many disks come this way. */
export function blockstackOf(way: readonly Device[], guests: number): LayerClone {
  const all = way.filter(
    ({ layer, kind }) => layer === 'blockstack' && !['partition', 'file', 'nvme multipath'].includes(kind),
  );
  // A plain volume above what is shared is the slice that each guest has of it.
  const own = all.filter(({ kind }) => kind !== 'linear');
  const telling = own.length > 0 ? own : all;
  const shared = telling.filter(({ users }) => users > 1).length;
  const scope = guests > 1 && shared === telling.length ? 'shared' : 'guest';
  const devices = scope === 'shared' ? all.filter(({ users }) => users > 1) : all;
  const line = { key: 'scope', value: scope, origin: `${shared} of ${telling.length} devices have several users` };
  const files = way.filter(({ kind }) => kind === 'file');
  const ofFiles = files.map(({ name }) => `block stack: the file system below ${name} is not cloned`);
  const { cloned, open } = tablesOf(devices, line);
  // Tables say every device; a provider by name says more of one, and of an array on its legs.
  const isArray = devices.some(({ kind }) => isMirror(kind));
  const named = open.length > 0 || isArray ? namedOf(devices, line) : undefined;
  if (named) return { cloned: named.cloned, open: [...named.open, ...ofFiles] };
  const isMixed = cloned !== undefined && guests > 1 && own.length > 0 && shared > 0 && shared < telling.length;
  return {
    cloned,
    open: [
      ...open,
      ...ofFiles,
      ...(isMixed
        ? ['block stack: some devices are shared and others are not; each guest gets a tree of its own']
        : []),
    ],
  };
}

/** `devices` from the top down. */
function tablesOf(devices: readonly Device[], scope: Line): LayerClone {
  const start: Building = { rows: [], on: '{below}', length: '{sectors}', open: [] };
  const built = [...devices].reverse().reduce<Building>((building, device, i) => next(building, device, i), start);
  const above = built.rows.length - mostDevices;
  const open = [
    ...built.open,
    ...(above > 0 ? [`block stack: a profile has at most ${mostDevices} devices: the upper ${above} are missing`] : []),
  ];
  const tables = built.rows.slice(0, mostDevices);
  return { cloned: tables.length === 0 ? undefined : { provider: 'dm', lines: [scope], tables }, open };
}

/** RAID by md, of which tables can say level 1. */
function isMirror(kind: string): boolean {
  return /^md raid1$|^raid$/.test(kind);
}

function next(building: Building, device: Device, i: number): Building {
  const { rows, on, length } = building;
  const name = `d${i + 1}`;
  const origin = `${device.name} (${device.id}): dmsetup table`;
  const add = (table: string): Building => ({ ...building, rows: [...rows, { name, table, origin }], on: `{${name}}` });
  const lose = (why: string): Building => ({
    ...building,
    open: [...building.open, `block stack: ${device.kind} ${device.name} is missing: ${why}`],
  });
  const [line = '', ...others] = device.table ?? [];
  const [, , type = '', ...words] = line.split(' ');
  if (isMirror(device.kind)) return mirrored(building, device, { name, words, lose });
  if (device.table === undefined) return lose('no provider stands for it');
  if (others.length > 0) return type === 'linear' ? add(`0 ${length} linear ${on} 0`) : lose('it has several segments');
  switch (type) {
    case 'linear':
      return add(`0 ${length} linear ${on} 0`);
    case 'crypt': {
      const [cipher = '', key = '', iv = '0', , offset = '0', ...options] = words;
      const start = headerOf(offset);
      const left = start === 0 ? length : length.replace('}', `-${start}}`);
      const row = add([`0 ${left} crypt`, cipher, zeroKey(key), iv, on, start, ...options].join(' '));
      return { ...row, length: left };
    }
    case 'delay': {
      // DEVICE OFFSET DELAY for reads, and again for writes and for flushes (Documentation: delay).
      const delays = [words[2] ?? '0', ...[words[5], words[8]].filter((one) => one !== undefined)];
      return add(`0 ${length} delay ${delays.map((one) => `${on} 0 ${one}`).join(' ')}`);
    }
    case 'flakey':
      return lose('it fails I/O on purpose');
    default:
      return lose('its table cannot be said on one device with a state of its own');
  }
}

/** Sectors before the data, in whole blocks of 4 KiB. More than a header takes is where it lies on a disk, which a clone's lane need not have. */
function headerOf(offset: string): number {
  const sectors = whole(offset) ?? 0;
  return sectors <= mostHeader ? Math.floor(sectors / 8) * 8 : 0;
}

/** Sectors: LUKS2 takes 32768. */
const mostHeader = 65_536;

/** Of what a keyring holds only the length is known. */
function zeroKey(key: string): string {
  const bytes = /^:(\d{1,4}):/.exec(key)?.[1];
  return '0'.repeat(bytes === undefined ? key.length : Number(bytes) * 2);
}

/** RAID 1 of two, as halves of what is below: md's own code, without a superblock (Documentation: dm-raid). */
function mirrored(
  building: Building,
  device: Device,
  { name, words, lose }: { name: string; words: readonly string[]; lose: (why: string) => Building },
): Building {
  const legs = device.kind === 'raid' ? device.below.filter(({ role }) => role === 'data').length : device.below.length;
  if (device.kind === 'raid' && words[0] !== 'raid1') return lose(`${words[0] ?? 'its level'} needs disks of its own`);
  const [, header] = /^\{sectors(?:-(\d+))?\}$/.exec(building.length) ?? [];
  if (legs !== 2 || building.length.includes('/')) return lose(`a profile can say RAID 1 of two, once, not of ${legs}`);
  const half = header === undefined ? '{sectors/2}' : `{sectors/2-${Math.ceil(Number(header) / 2 / 8) * 8}}`;
  const origin = `${device.name}: ${device.kind === 'raid' ? 'dmsetup table' : `/sys/block/${device.id}/md`}`;
  const row = (own: string, table: string): Row => ({ name: own, table, origin });
  return {
    rows: [
      ...building.rows,
      row(`${name}a`, `0 ${half} linear ${building.on} 0`),
      row(`${name}b`, `0 ${half} linear ${building.on} ${half}`),
      row(name, `0 ${half} raid raid1 2 0 nosync 2 - {${name}a} - {${name}b}`),
    ],
    on: `{${name}}`,
    length: half,
    open: [
      ...building.open,
      `block stack: both legs of ${device.name} are halves of one medium; its bitmap and thread are not cloned`,
    ],
  };
}
