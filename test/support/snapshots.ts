// Snapshots of hosts for the tests of `discover`: those in test/fixtures/snapshots, and ones made of a few files.

import { readdirSync, readFileSync } from 'node:fs';
import type { Device, Discovered } from '../../agent/discover/document.ts';
import { discoverIn } from '../../agent/discover/graph/build.ts';
import { parseSnapshot } from '../../agent/discover/snapshot.ts';
import { snapshotOf } from './snapshot-text.ts';

export { snapshotOf };

const folder = new URL('../fixtures/snapshots/', import.meta.url).pathname;

export const snapshotNames = readdirSync(folder)
  .map((name) => name.replace(/\.snapshot$/, ''))
  .sort();

export function snapshotText(name: string): string {
  return readFileSync(`${folder}${name}.snapshot`, 'utf8');
}

export function discoverFixture(name: string): Discovered {
  return discoverIn(parseSnapshot(snapshotText(name), name));
}

/** A host of device-mapper devices, each with its table; `below` of sysfs is what the table says. */
export function dmHost(tables: readonly string[], names: readonly string[] = []): string {
  const all = tables.map((_, i) => `dm-${i}`);
  const nameOf = (i: number): string => names[i] ?? `d${i}`;
  return snapshotOf({
    files: Object.fromEntries(
      all.flatMap((id, i) => [
        [`/sys/block/${id}/dev`, `253:${i}`],
        [`/sys/block/${id}/size`, '2048'],
        [`/sys/block/${id}/dm/name`, nameOf(i)],
      ]),
    ),
    lists: { '/sys/block': all },
    tools: {
      'dmsetup info': tables.map((_, i) => `253\t${i}\t${nameOf(i)}`).join('\n'),
      'dmsetup table': tables.map((table, i) => `${nameOf(i)}: ${table}`).join('\n'),
    },
  });
}

export function discoverText(text: string): Discovered {
  return discoverIn(parseSnapshot(text, 'a snapshot'));
}

/** The device of this id. Throws where there is none. */
export function deviceOf({ devices }: Discovered, id: string): Device {
  const found = devices.find((device) => device.id === id);
  if (!found) throw new Error(`no device ${id}: there are ${devices.map((device) => device.id).join(', ')}`);
  return found;
}

/** A parameter by its name; undefined where there is none. */
export function valueOf({ parameters }: Pick<Device, 'parameters'>, name: string): string | undefined {
  return parameters.find((each) => each.name === name)?.value;
}

/** Each way from a device down to the bottom, as `a > b > c`. */
export function waysDown(found: Discovered, id: string): readonly string[] {
  const { below } = deviceOf(found, id);
  if (below.length === 0) return [id];
  return below.flatMap((edge) => waysDown(found, edge.id).map((way) => `${id} > ${way}`));
}
