// Names the holder of a lock, for the error of a caller that waited for it in vain.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { mapBounded } from '../../lib/map-bounded.ts';

const atOnce = 64;

/** Such as `process 123 (node)`; empty where nobody does, or it may not be seen. `path` as the kernel spells it. */
export async function lockHolders(path: string): Promise<readonly string[]> {
  const pids = (await listed('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await mapBounded(pids, atOnce, async (pid) => ((await holdsLock(pid, path)) ? [pid] : []));
  return Promise.all(found.flat().map(async (pid) => `process ${pid} (${await nameOf(pid)})`));
}

/**
 * /proc/locks knows only the flock(1) that took it, and that has ended. A process that is dead but for a thread in the
 * kernel shows its files at that thread alone.
 */
async function holdsLock(pid: string, path: string): Promise<boolean> {
  for (const thread of await listed(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    const files = await listed(`${folder}/fd`);
    for (const fd of files) {
      if ((await readlink(`${folder}/fd/${fd}`).catch(() => '')) !== path) continue;
      if ((await readFile(`${folder}/fdinfo/${fd}`, 'utf8').catch(() => '')).includes('FLOCK')) return true;
    }
    // Threads share their files.
    if (files.length > 0) return false;
  }
  return false;
}

async function nameOf(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '?')).trim();
}

/** A process that ends between two looks holds nothing. */
function listed(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
