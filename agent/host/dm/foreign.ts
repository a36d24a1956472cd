// Finds devices outside of this stack in a person's device-mapper table before the kernel sees it: some targets write to
// their devices as soon as a table is loaded (dm-integrity and thin-pool format them), so asking afterwards is too late.

import { deviceNumberOf } from '../formats/device-number.ts';
import type { Kernel } from '../port.ts';
import type { DmTable } from './table.ts';

/** Their constructors only open devices (drivers/md/dm-*.c, `.ctr`): those that they opened can be asked for in time. */
const onlyOpen: ReadonlySet<string> = new Set([
  ...['linear', 'striped', 'zero', 'error', 'delay', 'flakey', 'crypt', 'verity'],
]);

/** The part of the kernel port that tells how this host resolves what might be a name. */
export type NameEyes = Pick<Kernel, 'read' | 'exists' | 'numberOf'>;

export interface Foreign {
  readonly target: string;
  readonly word: string;
}

/** The first word that the kernel might take for a device and that is not literally one of `on`. */
export async function foreignIn(table: DmTable, on: readonly string[], eyes: NameEyes): Promise<Foreign | undefined> {
  const takesNumbers = /^([0-5]\.|6\.[0-4]\D)/.test((await eyes.read('/proc/sys/kernel/osrelease')) ?? '0.');
  for (const { type, params } of table) {
    if (onlyOpen.has(type)) continue;
    for (const word of params.split(/\s+/))
      if (word !== '' && (await mayName(word, { on, takesNumbers, eyes }))) return { target: type, word };
  }
  return undefined;
}

interface Resolving {
  readonly on: readonly string[];
  /** Linux before 6.5. */
  readonly takesNumbers: boolean;
  readonly eyes: NameEyes;
}

/**
 * All that dm_get_device() knows: a path, also one relative to the folder of the agent; `MAJOR:MINOR`; and before
 * Linux 6.5, through name_to_dev_t(), `PARTUUID=` and `PARTLABEL=`, and a number in hexadecimal. A backslash quotes in
 * a table, and half of a character may be a blank to the kernel: neither has a use, so both are refused.
 */
async function mayName(word: string, { on, takesNumbers, eyes }: Resolving): Promise<boolean> {
  const name = word.replace(/^meta_device:/, '');
  if (on.includes(name)) return false;
  if (/[^\x21-\x7e]|[/\\=]/.test(word) || /(^|:)\d+:\d+/.test(word)) return true;
  return (await isBlock(name, eyes)) || (takesNumbers && (await isNumberOfDevice(name, eyes)));
}

async function isBlock(path: string, eyes: NameEyes): Promise<boolean> {
  // If this process cannot resolve it, the kernel cannot on its behalf.
  const number = await eyes.numberOf(path).catch(() => undefined);
  return number !== undefined && !number.startsWith('c');
}

/** Most such numbers are lengths and offsets; one by which there is a block device could be meant either way. */
async function isNumberOfDevice(name: string, eyes: NameEyes): Promise<boolean> {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(name)?.[1];
  if (digits === undefined) return false;
  return eyes.exists(`/sys/dev/block/${deviceNumberOf(Number(BigInt(`0x${digits}`) & 0xffffffffn))}`);
}
