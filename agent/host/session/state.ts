// Who holds this host and what interrupted runs have left on it: a look that takes no lock and changes nothing.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, OutputError, PrivilegeError, reasonOf } from '../../lib/errors.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { readJournal } from '../journal/journal.ts';
import { hasJournal, journalPathOf, leftovers } from '../journal/leftovers.ts';
import { lockHolders } from './lock-holders.ts';

export interface HostState {
  /** Null: nobody holds the lock. */
  readonly held: { readonly by: string; readonly processes: readonly string[] } | null;
  /** Runs that have a journal: under way if the lock is held, else interrupted. */
  readonly runs: readonly { readonly run: string; readonly changes: number | null }[];
}

/** `changes`: those in effect; null where the journal cannot be read. Throws PrivilegeError where it may not look, or OutputError. */
export async function readHostState(state: string = stateFolder): Promise<HostState> {
  try {
    await readdir(state);
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'ENOENT') return { held: null, runs: [] };
    if (code === 'EACCES' || code === 'EPERM') throw new PrivilegeError(`cannot look into ${state}`, 'run as root');
    throw new OutputError(`cannot look into ${state}: ${code ?? reasonOf(cause)}`, undefined, { cause });
  }
  const path = join(state, 'lock');
  const processes = await lockHolders(path);
  const by = (await readFile(path, 'utf8').catch(() => '')).trim();
  return {
    held: processes.length > 0 ? { by: by === '' ? 'run' : by, processes } : null,
    runs: leftovers(state)
      .filter((run) => hasJournal(run, state))
      .map((run) => ({ run, changes: changesOf(journalPathOf(run, state)) })),
  };
}

function changesOf(path: string): number | null {
  try {
    return readJournal(path)?.outstanding.length ?? 0;
  } catch {
    return null;
  }
}
