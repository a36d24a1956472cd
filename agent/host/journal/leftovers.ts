// What runs keep under /run: a folder each, with the journal in it. How it is found, and how it is forgotten.

import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, OutputError } from '../../lib/errors.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { faultPoint } from '../kernel/fault.ts';

/** Of a folder whose run is over, and that is being removed. */
const overSuffix = '.over';

export function runFolderOf(run: string): string {
  return join(stateFolder, run);
}

export function journalPathOf(run: string): string {
  return join(runFolderOf(run), 'journal.ndjson');
}

/** Runs that have a folder here, oldest first. Needs no lock to look. */
export function leftovers(): readonly string[] {
  return foldersHere().filter((name) => !name.endsWith(overSuffix));
}

/** The journal is the first thing in the folder of a run: without one nothing was changed. */
export function hasJournal(run: string): boolean {
  return statSync(journalPathOf(run), { throwIfNoEntry: false }) !== undefined;
}

/**
 * Removes the folder of a run that has nothing left to undo. It loses its name first, and at once: whatever a death in the
 * middle leaves of it (the journal goes before a domain's files) is then no run any more. Throws OutputError.
 */
export function forgetRun(run: string): void {
  const folder = runFolderOf(run);
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

/** What deaths left of folders that were being removed. Only for the holder of the lock. */
export function forgetRemains(): void {
  for (const name of foldersHere().filter((one) => one.endsWith(overSuffix)))
    rmSync(join(stateFolder, name), { recursive: true, force: true });
}

function foldersHere(): readonly string[] {
  try {
    return readdirSync(stateFolder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (failure) {
    if (errnoOf(failure) === 'ENOENT') return [];
    throw failure;
  }
}
