// A claim keeps out who asks for one (O_EXCL), and nobody else: a QEMU that is started on the disk just opens it. So while a
// run overwrites a disk, the guard's look-ups are repeated, and whoever has come to use it ends the run.

import { setTimeout as delay } from 'node:timers/promises';
import type { Claim } from '../host/guard/device-guard.ts';
import { findUsers } from '../host/guard/device-guard.ts';
import type { Host } from '../host/host.ts';
import type { Problem } from '../lib/errors.ts';

const everyMs = 5_000;
/** A program that only looks, as a monitor of disks does, is gone after a moment. A program that uses the disk is not. */
const looks = 3;
const againMs = 1_000;

export interface Watching {
  /** Looks no more; what is looked at right now counts for nothing. */
  readonly end: () => void;
}

interface Means {
  readonly find?: typeof findUsers;
  readonly everyMs?: number;
  readonly againMs?: number;
}

/**
 * Looks from the moment at which the run's own guard device, of this `uuid`, stands on the disk; before that the guard looks
 * itself. `stop` is called once at most, with a sentence.
 */
export function watchDisk(
  host: Pick<Host, 'read' | 'list'>,
  { claim, uuid }: { readonly claim: Claim; readonly uuid: string },
  stop: (sentence: string) => void,
  means: Means = {},
): Watching {
  const { find = findUsers } = means;
  const ended = new AbortController();
  const { signal } = ended;
  const hasEnded = (): boolean => signal.aborted;
  const rest = (ms: number): Promise<unknown> => delay(ms, undefined, { signal }).catch(() => undefined);

  const lasting = async (): Promise<readonly Problem[]> => {
    let found: readonly Problem[] = [];
    for (let look = 0; look < looks && !hasEnded(); look++) {
      if (look > 0) await rest(means.againMs ?? againMs);
      const guard = await guardOn(host, claim.name, uuid);
      found = guard === undefined ? [] : await find(claim, guard);
      // It may have gone, with all that stood on it, while it was looked: then nothing is written any more.
      if (found.length > 0 && (await guardOn(host, claim.name, uuid)) === undefined) found = [];
      if (found.length === 0) break;
    }
    return found;
  };

  const keepLooking = async (): Promise<void> => {
    while (!hasEnded()) {
      await rest(means.everyMs ?? everyMs);
      const found = await lasting();
      if (hasEnded()) return;
      if (found.length === 0) continue;
      stop(
        `stopped as others came to the disk that this run overwrites: ${found.map(({ message }) => message).join('; ')}`,
      );
      return;
    }
  };
  void keepLooking().catch(() => undefined);
  return { end: () => ended.abort() };
}

/** The kernel's name of the device of this uuid that stands on the disk. */
async function guardOn(
  { read, list }: Pick<Host, 'read' | 'list'>,
  disk: string,
  uuid: string,
): Promise<string | undefined> {
  for (const holder of await list(`/sys/class/block/${disk}/holders`))
    if ((await read(`/sys/class/block/${holder}/dm/uuid`))?.trim() === uuid) return holder;
  return undefined;
}
