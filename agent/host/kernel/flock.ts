// flock(2) by flock(1): Node has no call for it.

import { spawn } from 'node:child_process';
import { errnoOf, HostError } from '../../lib/errors.ts';

/** Locks the open file that it shares with us; `options` are flock(1)'s. False when somebody else holds it. Throws HostError. */
export async function flock(fd: number, options: readonly string[]): Promise<boolean> {
  const child = spawn('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
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
