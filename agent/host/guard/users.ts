// Who holds a device of ours that cannot be removed: named for the person who has to end it.

import { errnoOf, HostError, reasonOf } from '../../lib/errors.ts';
import { mounts, swaps } from './file-systems.ts';
import { arrays, holders, loops } from './kernel-users.ts';
import type { Eyes, Member } from './look.ts';
import { kernelHere } from '../port.ts';
import { openFiles } from './processes.ts';

/** Programs by number and name, mounts, and drivers that stand on it; empty where nobody is seen. */
async function usersOf(device: Member, own: number, eyes: Eyes): Promise<readonly string[]> {
  const looks = [openFiles(own), mounts, swaps, holders(undefined), arrays, loops];
  const found = await Promise.all(looks.map((look) => look(eyes, [device]).catch(() => [])));
  return [...new Set(found.flat().flatMap(({ kind, what }) => (kind === 'user' ? [what] : [])))];
}

/** Calls `remove`. Throws its error, with those who hold the disk called `name` if it is busy. */
export async function namingUsers(
  name: string,
  remove: () => Promise<unknown>,
  { own = process.pid, eyes = kernelHere }: { readonly own?: number; readonly eyes?: Eyes } = {},
): Promise<void> {
  try {
    await remove();
  } catch (failure) {
    const code = errnoOf(failure) ?? errnoOf(failure instanceof Error ? failure.cause : undefined);
    if (code !== 'EBUSY') throw failure;
    const number = (await eyes.read(`/sys/class/block/${name}/dev`))?.trim();
    const users = number === undefined ? [] : await usersOf({ name, number }, own, eyes);
    if (users.length === 0) throw failure;
    throw new HostError(`${reasonOf(failure)}: ${users.join(', ')}`, undefined, { cause: failure });
  }
}
