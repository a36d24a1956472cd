// Fits a table that was printed on another host onto the lane that is beneath it here (pure): that host's disk was larger.

import { parseTable } from '../../host/dm/table.ts';
import type { StackNote } from '../../lib/stack-note.ts';
import { extentsOf } from './extents.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { TreeDevice } from './tree.ts';

const grainSectors = 2048;

/** One that a person wrote for this host is left as it is: what does not fit in it is a mistake. */
export function fitPrinted(
  devices: readonly (TreeDevice & { readonly wasPrinted: boolean })[],
  sectors: number,
): { readonly devices: readonly TreeDevice[]; readonly notes: readonly StackNote[] } {
  const notes: StackNote[] = [];
  const lengths = new Map<string, number>([['below', sectors]]);
  const fitted = devices.map((device) => {
    const { table, note, length } = device.wasPrinted ? fit(device, sectors, lengths) : kept(device, sectors, lengths);
    if (note) notes.push(note);
    lengths.set(device.name, length);
    return { ...device, table };
  });
  return { devices: fitted, notes };
}

interface Fitted {
  readonly table: string;
  readonly note?: StackNote;
  readonly length: number;
}

function kept({ table }: TreeDevice, sectors: number, lengths: ReadonlyMap<string, number>): Fitted {
  const known = new Map([...lengths.keys()].map((name) => [name, `{${name}}`]));
  const read = parseTable(fillPlaceholders(table, { known, sectors, guest: 1 })) ?? [];
  return { table, length: read.reduce((sum, target) => sum + target.length, 0) };
}

/** Only what has one target on one stretch of one device has but one way to become shorter. */
function fit(device: TreeDevice, sectors: number, lengths: ReadonlyMap<string, number>): Fitted {
  const own = kept(device, sectors, lengths);
  const known = new Map([...lengths.keys()].map((name) => [name, `{${name}}`]));
  const [target, ...others] = parseTable(fillPlaceholders(device.table, { known, sectors, guest: 1 })) ?? [];
  if (!target || others.length > 0) return own;
  const stretches = extentsOf(target);
  const [first] = stretches;
  const has = lengths.get(/^\{(.*)\}$/.exec(first?.device ?? '')?.[1] ?? '');
  if (!first || has === undefined || stretches.every(({ offset, length }) => offset + length <= has)) return own;
  // Striped and RAID spread over several: their lengths follow other rules.
  if (stretches.some(({ offset, length }) => offset !== first.offset || length !== target.length)) return own;
  const isBeyond = first.offset + grainSectors > has;
  const offset = isBeyond ? 0 : first.offset;
  const length = Math.floor((has - offset) / grainSectors) * grainSectors;
  if (length <= 0) return own;
  const params = isBeyond
    ? target.params.replaceAll(`${first.device} ${first.offset}`, `${first.device} 0`)
    : target.params;
  return {
    table: `0 ${length} ${target.type} ${params}`,
    length,
    note: {
      ...{ kind: 'length', device: device.name, printed: target.length, length },
      ...(isBeyond ? { offset } : {}),
    },
  };
}
