// The lock on the host: one run, recovery or watchdog at a time. It is the kernel's, and goes with the open file: it is
// free again the moment that its holder is dead with all its threads, however it died, and never before.

import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BusyError, errnoOf, HostError, PrivilegeError } from '../lib/errors.ts';

/** Gone with the kernel objects that the journals describe: a reboot ends both. */
export const stateFolder = '/run/layerlift';

export type Holder = 'run' | 'recover' | 'watchdog';

/** How long `recover` lets a watchdog that restores the host go on. */
const watchdogPatienceS = 300;
/** Who has just taken the lock has not said yet who it is: until then the file names the one before. */
const introductionS = 2;

/** A watchdog waits for as long as its run, or whoever came first, holds the host. Gives what frees the lock. Throws BusyError, PrivilegeError or HostError. */
export async function takeLock(holder: Holder): Promise<() => void> {
  const path = join(stateFolder, 'lock');
  const fd = openLock(path);
  try {
    const taken =
      holder === 'watchdog'
        ? await flock(fd, [])
        : (await flock(fd, holder === 'recover' ? ['-w', `${introductionS}`] : ['-n'])) ||
          (await waitForWatchdog(fd, { path, holder }));
    if (!taken) throw busy(path);
    ftruncateSync(fd);
    writeSync(fd, holder);
  } catch (failure) {
    closeSync(fd);
    throw failure;
  }
  return () => closeSync(fd);
}

/** A watchdog is doing what `recover` was called for: wait for it, then look what it left. */
async function waitForWatchdog(fd: number, { path, holder }: { path: string; holder: Holder }): Promise<boolean> {
  if (holder !== 'recover' || holderIn(path) !== 'watchdog') return false;
  return flock(fd, ['-w', `${watchdogPatienceS}`]);
}

function busy(path: string): BusyError {
  return holderIn(path) === 'watchdog'
    ? new BusyError('a run was cut off, and its watchdog is restoring this host', 'try again in a minute')
    : new BusyError('another layerlift run holds this host', 'wait for its end, or stop it with SIGINT');
}

function holderIn(path: string): string {
  return readFileSync(path, 'utf8');
}

function openLock(path: string): number {
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'EACCES' || code === 'EPERM')
      throw new PrivilegeError(`cannot write in ${stateFolder}`, 'run as root');
    throw new HostError(`cannot make ${path}: ${code ?? String(cause)}`, undefined, { cause });
  }
}

/** flock(1) locks the open file that it shares with us. False when somebody else holds it. */
async function flock(fd: number, wait: readonly string[]): Promise<boolean> {
  const child = spawn('flock', [...wait, '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('exit', resolve);
    child.on('error', reject);
  }).catch((cause: unknown) => {
    throw errnoOf(cause) === 'ENOENT'
      ? new HostError('flock is not installed', 'install util-linux', { cause })
      : new HostError(`cannot lock the host: ${String(cause)}`, undefined, { cause });
  });
  if (code !== 0 && code !== 1) throw new HostError(`cannot lock the host: flock ended with ${code ?? 'a signal'}`);
  return code === 0;
}
