// What a person's device-mapper table names beside this stack, found before the kernel sees it: some targets write to
// their devices as soon as a table is loaded (dm-integrity and thin-pool format them), so asking afterwards is too late.

import { existsSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { deviceNumberOf } from '../formats/device-number.ts';
import type { DmTable } from './table.ts';

/** Their constructors only open devices (drivers/md/dm-*.c, `.ctr`): those that they opened can be asked for in time. */
const onlyOpen: ReadonlySet<string> = new Set([
  ...['linear', 'striped', 'zero', 'error', 'delay', 'flakey', 'crypt', 'verity'],
]);

/** How this host resolves what might be a name. */
export interface NameEyes {
  readonly isBlock: (path: string) => boolean;
  readonly exists: (path: string) => boolean;
  readonly release: string;
}

const hostEyes: NameEyes = {
  isBlock: (path) => {
    try {
      return statSync(path).isBlockDevice();
    } catch {
      // What this process cannot resolve, the kernel cannot on its behalf.
      return false;
    }
  },
  exists: existsSync,
  release: release(),
};

export interface Foreign {
  readonly target: string;
  readonly word: string;
}

/** The first word that the kernel might take for a device and that is not literally one of `on`. */
export function foreignIn(table: DmTable, on: readonly string[], eyes = hostEyes): Foreign | undefined {
  for (const { type, params } of table) {
    if (onlyOpen.has(type)) continue;
    const word = params.split(/\s+/).find((each) => each !== '' && mayName(each, on, eyes));
    if (word !== undefined) return { target: type, word };
  }
  return undefined;
}

/**
 * All that dm_get_device() knows: a path, also one relative to the folder of the agent; `MAJOR:MINOR`; and before
 * Linux 6.5, through name_to_dev_t(), `PARTUUID=` and `PARTLABEL=`, and a number in hexadecimal. A backslash quotes in
 * a table, and half of a character may be a blank to the kernel: neither has a use, so both are refused.
 */
function mayName(word: string, on: readonly string[], eyes: NameEyes): boolean {
  const name = word.replace(/^meta_device:/, '');
  if (on.includes(name)) return false;
  if (/[^\x21-\x7e]|[/\\=]/.test(word) || /(^|:)\d+:\d+/.test(word)) return true;
  return eyes.isBlock(name) || (/^([0-5]\.|6\.[0-4]\D)/.test(eyes.release) && isNumberOfDevice(name, eyes));
}

/** Most such numbers are lengths and offsets; one by which there is a block device could be meant either way. */
function isNumberOfDevice(name: string, eyes: NameEyes): boolean {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(name)?.[1];
  if (digits === undefined) return false;
  return eyes.exists(`/sys/dev/block/${deviceNumberOf(Number(BigInt(`0x${digits}`) & 0xffffffffn))}`);
}
