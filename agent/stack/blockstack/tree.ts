// A tree of device-mapper devices as data, and how it is raised: for each guest, below all of them, or both: devices that the
// guests share, and volumes of each above them.

import { type DmTable, parseTable, tableSectors } from '../../host/dm/table.ts';
import { InternalError } from '../../lib/errors.ts';
import type { StackNote } from '../../lib/stack-note.ts';
import { sectorBytes } from '../../lib/units.ts';
import { nullBlkNeeds, raiseNullBlk } from '../media/null-blk-device.ts';
import type { Configured, Lane, Outline, Site } from '../provider.ts';
import { modulesOf, needsOfTables } from './dm-modules.ts';
import { extentsOf } from './extents.ts';
import { fillPlaceholders } from './placeholders.ts';

export interface TreeDevice {
  /** At most 8 characters: its name on the host has the guest's number too. */
  readonly name: string;
  /** With placeholders: see placeholders.ts. */
  readonly table: string;
  /** Sent to it once it stands; with `{guest}` for each guest, before the guest's own devices are made. */
  readonly messages?: readonly string[];
}

/** A device that keeps its data in memory, beside the media: what it holds survives every switch beneath. */
export interface SideDevice {
  readonly name: string;
  readonly sectors: number;
  /** As in `metadata of the pool`. */
  readonly what: string;
}

/** Preparation of the top once it stands. `percent` of it is written. */
export interface Fill {
  readonly percent: number;
}

export interface Tree {
  readonly scope: 'guest' | 'shared';
  readonly side: readonly SideDevice[];
  /** Bottom up; the last is the top, unless there are volumes. */
  readonly devices: readonly TreeDevice[];
  /** Above devices that all guests share: the same for each guest, and the last of them is its top. */
  readonly volumes: readonly TreeDevice[];
  readonly fill?: Fill;
  readonly notes: readonly StackNote[];
  /** Logical block of the top where it is larger than that of the media, bytes. */
  readonly blockBytes?: number;
}

/** `sectors`: of the lane beneath; `slice`: of a guest's part of it, the same where the tree is a guest's own. */
export type Build = (lane: { readonly sectors: number; readonly slice: number; readonly guests: number }) => Tree;

/** Lengths for what is asked before the media are known: modules, mistakes. */
export const trialSectors = 2 ** 32;

/** The part of a provider that follows from its tree. */
export function configuredTree(build: Build): Configured {
  const trial = build({ sectors: trialSectors, slice: trialSectors, guests: 1 });
  const tables = tablesOf(trial);
  const isOwn = trial.scope === 'guest' && trial.volumes.length === 0;
  return {
    needs: [...needsOfTables(tables), ...(trial.side.length > 0 ? nullBlkNeeds : [])],
    lanes: isOwn || trial.volumes.length > 0 ? 'per-guest' : 'one',
    outline: (lane) => {
      const own = isOwn ? { ...lane, sectors: lane.slice } : lane;
      return outlineOf(build(own), own);
    },
    raise: async (site) => {
      await site.host.apply({
        kind: 'brought-modules',
        why: 'what the tables of the block stack bring in by themselves',
      });
      for (const module of modulesOf(tables)) await site.host.apply({ kind: 'module', ...module });
      return raiseTree(site, build);
    },
  };
}

/** Everything in a tree that can be told before it is raised. */
function outlineOf(tree: Tree, lane: { readonly sectors: number; readonly slice: number }): Outline {
  const sideNotes = tree.side.map(({ name, sectors, what }): StackNote => ({
    ...{
      kind: 'side',
      name,
      bytes: sectors * sectorBytes,
      each: tree.scope === 'guest' && tree.volumes.length === 0,
      what,
    },
  }));
  const top = [...tree.devices, ...tree.volumes].at(-1)?.name ?? '';
  const filled: readonly StackNote[] = tree.fill ? [{ kind: 'filled', device: top, percent: tree.fill.percent }] : [];
  return {
    notes: [...tree.notes, ...sideNotes, ...filled],
    problems: lengthProblems(tree, lane),
    writes: tree.fill !== undefined,
    ...(tree.blockBytes === undefined ? {} : { blockBytes: tree.blockBytes }),
  };
}

/** Faults of a device against the one that it stands on. */
function lengthProblems(
  tree: Tree,
  { sectors, slice }: { readonly sectors: number; readonly slice: number },
): readonly string[] {
  const lengths = new Map<string, number>([
    ['below', sectors],
    ...tree.side.map((one) => [one.name, one.sectors] as const),
  ]);
  const problems: string[] = [];
  for (const [i, { name, table }] of [...tree.devices, ...tree.volumes].entries()) {
    const lane = i < tree.devices.length ? sectors : slice;
    // Each stands for itself, to be recognised in the table.
    const known = new Map([...lengths.keys()].map((each) => [each, `{${each}}`]));
    const filled = fillPlaceholders(table, { known, sectors: lane, guest: 1 });
    const read = parseTable(filled);
    if (!read) {
      problems.push(`${name}: ${lane} sectors are not enough for it: its table would be \`${filled}\``);
      continue;
    }
    lengths.set(name, tableSectors(read));
    for (const target of read)
      for (const { device, offset, length } of extentsOf(target)) {
        const beneath = /^\{(.*)\}$/.exec(device)?.[1] ?? '';
        const has = lengths.get(beneath);
        if (has === undefined || offset + length <= has) continue;
        problems.push(
          `${name}: the target ${target.type} wants sectors ${offset} to ${offset + length} of {${beneath}}, which has ${has}${remedy({ beneath, offset, has, lane })}`,
        );
      }
  }
  return problems;
}

function remedy(of: { beneath: string; offset: number; has: number; lane: number }): string {
  const { beneath, offset, has, lane } = of;
  if (offset >= has) return '';
  if (beneath === 'below' && has === lane) return `: write {sectors${offset > 0 ? `-${offset}` : ''}} as its length`;
  return `: write at most ${has - offset} as its length`;
}

/** The targets of all devices, with something in place of what placeholders stand for. */
export function tablesOf(tree: Tree): DmTable {
  const all = [...tree.devices, ...tree.volumes];
  const known = new Map(
    ['below', ...tree.side.map(({ name }) => name), ...all.map(({ name }) => name)].map((name) => [name, '/dev/null']),
  );
  return all.flatMap(
    ({ table }) => parseTable(fillPlaceholders(table, { known, sectors: trialSectors, guest: 1 })) ?? [],
  );
}

async function raiseTree(site: Site, build: Build): Promise<readonly Lane[]> {
  const { under, shared, guests } = site;
  const slice = under[0]?.sectors ?? 0;
  const tops: Lane[] = [];
  const first = build({ sectors: slice, slice, guests });
  if (first.volumes.length > 0) {
    const lane = shared ?? under[0];
    if (!lane) throw new InternalError('a tree was raised on nothing');
    const tree = build({ sectors: lane.sectors, slice, guests });
    const whole = { site, guest: 0, sectors: lane.sectors };
    const known = await raiseSide(whole, tree, new Map([['below', lane.device]]));
    await raiseDevices(whole, tree.devices, known);
    for (const [i, own] of under.entries()) {
      const place = { site, guest: i + 1, sectors: own.sectors };
      for (const { name, messages = [] } of tree.devices) await send(place, `${name}-0`, messages.filter(isEachGuest));
      tops.push(await raiseDevices(place, tree.volumes, new Map(known)));
    }
  } else {
    for (const [i, lane] of under.entries()) {
      const place = { site, guest: i + 1, sectors: lane.sectors };
      const tree = build({ sectors: lane.sectors, slice: lane.sectors, guests });
      const known = await raiseSide(place, tree, new Map([['below', lane.device]]));
      tops.push(await raiseDevices(place, tree.devices, known));
    }
  }
  if (first.fill) for (const top of tops) await fillUp(site, top, first.fill);
  return tops;
}

interface Place {
  readonly site: Site;
  /** 0: of all guests. */
  readonly guest: number;
  readonly sectors: number;
}

const isEachGuest = (message: string): boolean => message.includes('{guest}');

async function raiseSide(
  { site, guest }: Place,
  { side }: Tree,
  known: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const all = new Map(known);
  for (const { name, sectors, what } of side) {
    const [lane] = await raiseNullBlk(
      { ...site, geometry: { sectors, blockBytes: site.geometry.blockBytes } },
      { part: `${name}-${guest}`, latencyNs: 0, depth: sideDepth, queues: site.cpus, memory: true, why: what },
    );
    if (lane) all.set(name, lane.device);
  }
  return all;
}

/** Requests in flight in each queue of a side device, as an NVMe disk has them. */
const sideDepth = 1023;

/** Gives the last. Adds each to `known`. */
async function raiseDevices(place: Place, devices: readonly TreeDevice[], known: Map<string, string>): Promise<Lane> {
  const { site, guest, sectors } = place;
  let top: Lane | undefined;
  for (const { name, table: text, messages = [] } of devices) {
    const filled = fillPlaceholders(text, { known, sectors, guest });
    const table = parseTable(filled);
    if (!table) throw new InternalError(`the table of ${name} is none: ${filled}`);
    const node = await site.host.apply({
      kind: 'dm-create',
      ...site.names.dm(`${name}-${guest}`),
      table,
      on: [...known.values()],
      why: `the block stack of ${guest === 0 || site.under.length === 1 ? 'the host' : `guest ${guest}`}: ${name}`,
    });
    known.set(name, node);
    top = { device: node, sectors: tableSectors(table) };
    await send(place, `${name}-${guest}`, guest === 0 ? messages.filter((one) => !isEachGuest(one)) : messages);
  }
  if (!top) throw new InternalError('a tree without a device was raised');
  return top;
}

async function send({ site, guest }: Place, part: string, messages: readonly string[]): Promise<void> {
  for (const message of messages)
    await site.host.apply({
      kind: 'dm-message',
      name: site.names.dm(part).name,
      message: message.replaceAll('{guest}', `${guest}`),
      why: `the block stack: ${part}`,
    });
}

/** Writes each block once: a volume that has none yet would answer reads without its media. */
async function fillUp(site: Site, top: Lane, { percent }: Fill): Promise<void> {
  const bytes = Math.floor((top.sectors * sectorBytes * percent) / 100 / fillBytes) * fillBytes;
  if (bytes === 0) return;
  await site.host.apply({
    kind: 'exec',
    argv: [
      ...['fio', '--name=fill', `--filename=${top.device}`, '--rw=write', `--bs=${fillBytes}`, `--size=${bytes}`],
      ...['--iodepth=16', '--ioengine=libaio', '--direct=1', '--output=/dev/null'],
    ],
    witness: { parent: top.device },
    slow: true,
    why: `fill ${percent} % of it before the first slice`,
  });
}

const fillBytes = 2 ** 20;
