// The lock on the host: one run, recovery or watchdog at a time. It is the kernel's, and goes with the open file: it is
// free again the moment that its holder is dead with all its threads, however it died, and never before.

import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BusyError, errnoOf, OutputError, PrivilegeError } from '../../lib/errors.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { faultPoint } from '../kernel/fault.ts';
import { flock as flockOf } from '../kernel/flock.ts';
import { lockHolders } from './lock-holders.ts';

export type Holder = 'run' | 'recover' | 'watchdog';

/** How long `recover` lets a watchdog that restores the host go on. */
const watchdogDeadlineS = 300;
/** How long a watchdog waits for the dead agent's last thread. One that hangs in the kernel may never go. */
const lastThreadS = 120;
/** A new holder writes its name only after it has taken the lock. Until then the file names the last one. */
const introductionS = 2;

export interface LockPlace {
  /** The folder that the lock is in. */
  readonly state?: string;
  /** flock(2) on an open file; false where somebody else holds it. */
  readonly flock?: typeof flockOf;
}

/** A watchdog waits for the end of its run, or of whoever came first. Gives what frees the lock. Throws BusyError, PrivilegeError, OutputError or HostError. */
export async function takeLock(
  holder: Holder,
  { state = stateFolder, flock = flockOf }: LockPlace = {},
): Promise<() => void> {
  faultPoint('before the lock');
  const path = join(state, 'lock');
  const fd = openLock(state, path);
  try {
    const taken =
      holder === 'watchdog'
        ? await flock(fd, ['-x', '-w', `${lastThreadS}`])
        : (await flock(fd, holder === 'recover' ? ['-x', '-w', `${introductionS}`] : ['-x', '-n'])) ||
          (await waitForWatchdog(fd, { path, holder, flock }));
    if (!taken) throw await (holder === 'watchdog' ? heldTooLong(path) : busy(path));
    introduce(fd, holder);
  } catch (failure) {
    closeSync(fd);
    throw failure;
  }
  return () => closeSync(fd);
}

/** A watchdog is doing what `recover` was called for: wait for it, then look what it left. */
async function waitForWatchdog(
  fd: number,
  { path, holder, flock }: { path: string; holder: Holder; flock: typeof flockOf },
): Promise<boolean> {
  if (holder !== 'recover' || holderIn(path) !== 'watchdog') return false;
  return flock(fd, ['-x', '-w', `${watchdogDeadlineS}`]);
}

/** For those who find the lock taken. Where there is no room for it, they take the holder for a run. */
function introduce(fd: number, holder: Holder): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, holder);
  } catch (failure) {
    if (errnoOf(failure) !== 'ENOSPC') throw failure;
  }
}

async function busy(path: string): Promise<BusyError> {
  if (holderIn(path) === 'watchdog')
    return new BusyError('a run was cut off, and its watchdog is restoring this host', 'try again in a minute');
  const who = (await lockHolders(path)).join(', ');
  return new BusyError(
    `another layerlift run holds this host${who === '' ? '' : `: ${who}`}`,
    'wait for its end, or stop it with SIGINT',
  );
}

async function heldTooLong(path: string): Promise<BusyError> {
  const who = (await lockHolders(path)).join(', ') || 'somebody';
  return new BusyError(
    `a run was cut off, and this host is not restored: ${who} still holds ${path} after ${lastThreadS} s`,
    'when that has ended: layerlift recover',
  );
}

function holderIn(path: string): string {
  return readFileSync(path, 'utf8');
}

const remedies: Readonly<Record<string, string>> = {
  EROFS: 'nothing is changed or undone while it is read-only: mount -o remount,rw /run, then the same again',
  ENOSPC: 'nothing is changed or undone while it is full: free some space in /run, then the same again',
};

function openLock(state: string, path: string): number {
  try {
    mkdirSync(state, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'EACCES' || code === 'EPERM') throw new PrivilegeError(`cannot write in ${state}`, 'run as root');
    throw new OutputError(`cannot open the lock ${path}: ${code ?? String(cause)}`, remedies[code ?? ''], { cause });
  }
}
