// Finds signatures on a device: file systems, partition tables, members of LVM, RAID, Ceph. libblkid knows them all.

import * as z from 'zod';
import { reasonOf } from '../../lib/errors.ts';
import { type Eyes, printDeadlineMs } from './look.ts';

const schema = z.object({
  signatures: z.array(z.object({ type: z.string(), offset: z.string(), label: z.string().nullish() })),
});

/** Each as `ext4 at 0x438`; undefined and the reason where it cannot be told. Reads the device, changes nothing. */
export async function signaturesOn(eyes: Eyes, node: string): Promise<readonly string[] | { readonly cannot: string }> {
  try {
    const text = await eyes.run(['wipefs', '--no-act', '--json', node], { deadlineMs: printDeadlineMs });
    return parseWipefs(text) ?? { cannot: 'wipefs prints no JSON' };
  } catch (failure) {
    return { cannot: reasonOf(failure) };
  }
}

/** Undefined for anything that is not what `wipefs --json` prints; it prints nothing at all where it finds nothing. */
export function parseWipefs(text: string): readonly string[] | undefined {
  if (text.trim() === '') return [];
  try {
    const found = schema.safeParse(JSON.parse(text));
    return found.data?.signatures.map(({ type, offset }) => `${type} at ${offset}`);
  } catch {
    return undefined;
  }
}
