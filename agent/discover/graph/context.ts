// Shared by all parts of the graph while it is built: everything that was decoded, and how a path or number leads to a device.

import { type Mount, parseMountinfo } from '../../host/formats/mountinfo.ts';
import { sectorBytes } from '../../lib/units.ts';
import { type BlockDevice, readBlockDevices } from '../decode/block.ts';
import { readTables, type Segment } from '../decode/dm.ts';
import type { Below, Device, User } from '../document.ts';
import type { Look } from '../look.ts';

/** A device before its users are counted. */
export type Draft = Omit<Device, 'users'>;

export interface Context {
  readonly look: Look;
  readonly blocks: ReadonlyMap<string, BlockDevice>;
  readonly tables: ReadonlyMap<string, readonly Segment[]>;
  /** Kernel names by device number, and by the name that device-mapper gives. */
  readonly byNumber: ReadonlyMap<string, string>;
  readonly byDmName: ReadonlyMap<string, string>;
  readonly mounts: readonly Mount[];
  /** Paths of NVMe multipath heads, by the head. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/** The devices that one step of the walk adds. */
export interface Found {
  readonly devices: readonly Draft[];
  readonly users: readonly User[];
}

export function contextOf(look: Look): Context {
  const blocks = readBlockDevices(look);
  const paths = new Map<string, string[]>();
  for (const name of blocks.keys()) {
    const head = name.replace(/^(nvme\d+)c\d+(n\d+)$/, '$1$2');
    if (head === name) continue;
    const own = paths.get(head);
    if (own) own.push(name);
    else paths.set(head, [name]);
  }
  return {
    ...{ look, blocks, paths, tables: readTables(look), mounts: mountsOf(look, 'self') },
    byNumber: new Map([...blocks.values()].map(({ number, name }) => [number, name])),
    byDmName: new Map([...blocks.values()].flatMap(({ dm, name }) => (dm ? [[dm.name, name] as const] : []))),
  };
}

/** As a process sees them. */
export function mountsOf({ snapshot }: Look, pid: string): readonly Mount[] {
  return parseMountinfo(snapshot.files.get(`/proc/${pid}/mountinfo`) ?? '');
}

/** The kernel's name of what a path or `MAJOR:MINOR` means; undefined where nothing that was read tells. */
export function nameOf({ blocks, byNumber, byDmName, look }: Context, word: string): string | undefined {
  if (/^\d+:\d+$/.test(word)) return byNumber.get(word);
  const [, rest] = /^\/dev\/(.+)$/.exec(word) ?? [];
  if (rest === undefined) return blocks.has(word) ? word : undefined;
  const plain = rest.replaceAll('/', '!');
  if (blocks.has(plain)) return plain;
  const [, mapped] = /^mapper\/(.+)$/.exec(rest) ?? [];
  if (mapped !== undefined) return byDmName.get(mapped) ?? byDmName.get(unmangled(mapped));
  const [, number] = /^block\/(\d+:\d+)$/.exec(rest) ?? [];
  if (number !== undefined) return byNumber.get(number);
  const [, pool, image] = /^rbd\/(?:.*\/)?([^/]+)\/([^/]+)$/.exec(rest) ?? [];
  if (pool !== undefined && image !== undefined) {
    const id = (look.snapshot.lists.get('/sys/bus/rbd/devices') ?? []).find(
      (each) =>
        look.snapshot.files.get(`/sys/bus/rbd/devices/${each}/pool`)?.trim() === pool &&
        look.snapshot.files.get(`/sys/bus/rbd/devices/${each}/name`)?.trim() === image,
    );
    return id === undefined ? undefined : `rbd${id}`;
  }
  // /dev/VG/LV: LVM joins both with a dash, and doubles those in the names.
  const [, group, volume] = /^([^/]+)\/([^/]+)$/.exec(rest) ?? [];
  if (group === undefined || volume === undefined) return undefined;
  return byDmName.get(`${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`);
}

/** Tools of device-mapper write what they find odd in a name as \xNN. */
function unmangled(name: string): string {
  return name.replace(/\\x([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Devices below, named as in a table or on a command line; an unknown word becomes a note. */
export function belowOf(
  context: Context,
  words: readonly { readonly word: string; readonly role?: string }[],
): { readonly below: readonly Below[]; readonly notes: readonly string[] } {
  const known = words.map(({ word, role }) => ({ word, role, id: nameOf(context, word) }));
  return {
    below: known.flatMap(({ id, role }) => (id === undefined ? [] : [role === undefined ? { id } : { id, role }])),
    notes: known.flatMap(({ id, word }) => (id === undefined ? [`${word} below it was not found`] : [])),
  };
}

export function bytesOf({ sectors }: Pick<BlockDevice, 'sectors'>): number {
  return sectors * sectorBytes;
}

/** The mount that a path is in. */
export function mountOf({ mounts }: Context, path: string): Mount | undefined {
  const holding = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  return holding.sort((a, b) => b.point.length - a.point.length)[0];
}

/** The devices below a file system, or the server that it comes from. */
export function standsOn(context: Context, { number, source, type }: Mount): readonly string[] {
  if (/^nfs/.test(type)) return [nfsId(source)];
  const direct = nameOf(context, number);
  if (direct !== undefined) return [direct];
  const named = nameOf(context, source);
  if (named === undefined) return [];
  return type === 'btrfs' ? btrfsDevices(context, named) : [named];
}

export function nfsId(source: string): string {
  return `nfs:${source}`;
}

/** All devices of the file system that this one belongs to. */
function btrfsDevices({ look, blocks }: Context, name: string): readonly string[] {
  for (const [folder, names] of look.snapshot.lists) {
    if (/^\/sys\/fs\/btrfs\/[^/]+\/devices$/.test(folder) && names.includes(name))
      return names.filter((each) => blocks.has(each));
  }
  return [name];
}
