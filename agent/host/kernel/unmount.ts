// umount2(2) itself: an unwind has several namespaces, and the start of `ip` takes longer than the call.

import { libcFunction, nativeFailure } from './libc.ts';
import { runCommand } from './run-command.ts';

/** Ends it at once, even where somebody still is in it (sys/mount.h). */
const detach = 2;

let umount: ((path: string, flags: number) => Promise<number>) | undefined;

/** `lazily`: even where it is in use. Throws an Error; where the native module is there, its `code` is the errno name. */
export async function unmount(path: string, lazily: boolean): Promise<void> {
  if (nativeFailure() !== undefined) {
    await runCommand(['umount', ...(lazily ? ['-l'] : []), path]);
    return;
  }
  umount ??= libcFunction('int umount2(const char *target, int flags)');
  await umount(path, lazily ? detach : 0);
}
