// Finds and removes the folders of runs under /run, each with a journal in it.

import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, OutputError, PrivilegeError } from '../../lib/errors.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { faultPoint } from '../kernel/fault.ts';

/** The suffix of a folder whose run is over, and which is being removed. */
const overSuffix = '.over';

/** `state`: the folder of all runs, in each of these functions. */
export function runFolderOf(run: string, state: string = stateFolder): string {
  return join(state, run);
}

export function journalPathOf(run: string, state?: string): string {
  return join(runFolderOf(run, state), 'journal.ndjson');
}

/** Runs that have a folder here, oldest first. Needs no lock to look. Throws PrivilegeError. */
export function leftovers(state: string = stateFolder): readonly string[] {
  return foldersIn(state).filter((name) => !name.endsWith(overSuffix));
}

/** The journal is the first thing in the folder of a run: without one nothing was changed. */
export function hasJournal(run: string, state?: string): boolean {
  return statSync(journalPathOf(run, state), { throwIfNoEntry: false }) !== undefined;
}

/**
 * Removes the folder of a run that has nothing left to undo. It loses its name first, and at once: whatever a death in the
 * middle leaves of it (the journal goes before a domain's files) is then no run any more. Throws OutputError.
 */
export function forgetRun(run: string, state?: string): void {
  const folder = runFolderOf(run, state);
  const over = `${folder}${overSuffix}`;
  try {
    rmSync(over, { recursive: true, force: true });
    renameSync(folder, over);
    faultPoint('run forgotten');
    rmSync(over, { recursive: true, force: true });
  } catch (cause) {
    throw new OutputError(
      `cannot remove ${folder}: ${errnoOf(cause) ?? String(cause)}`,
      `nothing of this run is left to undo: rm -r ${folder}`,
      { cause },
    );
  }
}

/** Removes folders whose removal a death cut off. Only for the holder of the lock. */
export function forgetRemains(state: string = stateFolder): void {
  for (const name of foldersIn(state).filter((one) => one.endsWith(overSuffix)))
    rmSync(join(state, name), { recursive: true, force: true });
}

function foldersIn(state: string): readonly string[] {
  try {
    return readdirSync(state, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (failure) {
    if (errnoOf(failure) === 'ENOENT') return [];
    if (errnoOf(failure) === 'EACCES')
      throw new PrivilegeError(`cannot read ${state}: permission denied`, 'run as root');
    throw failure;
  }
}
