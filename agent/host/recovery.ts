// The way back after a death: unwinds what journals of interrupted runs still list. One code for `recover` and the watchdog.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../lib/record.ts';
import { LayerliftError, type Problem, ResidueError } from '../lib/errors.ts';
import { stateFolder } from '../lib/state-folder.ts';
import { type Journal, openJournal, type Outstanding, readJournal } from './journal.ts';
import { type Holder, takeLock } from './lock.ts';
import { programsEnded } from './programs.ts';
import { bootId, leftovers } from './session.ts';
import { letGo, tellStep, unwind, type UnwindReport } from './unwind.ts';

export interface Recovery {
  readonly run: string;
  readonly undone: number;
  /** The machine was rebooted since: nothing of that run can be left. */
  readonly endedByReboot: boolean;
}

export interface RecoverOptions {
  readonly holder: Exclude<Holder, 'run'>;
  /** This run alone; one that has been recovered by others is none. */
  readonly only?: string;
  readonly onUndo: (line: string) => void;
}

/** Unwinds interrupted runs. Throws ResidueError, after trying all, when something could not be undone. */
export async function recoverAll({ holder, only, onUndo }: RecoverOptions): Promise<readonly Recovery[]> {
  const release = await takeLock(holder);
  try {
    const recoveries: Recovery[] = [];
    const residue: Problem[] = [];
    for (const run of leftovers().filter((name) => only === undefined || name === only)) {
      const folder = join(stateFolder, run);
      const path = join(folder, 'journal.ndjson');
      const endedByReboot = isOfAnotherBoot(path);
      const outstanding = endedByReboot ? [] : outstandingIn(path, { folder, residue });
      if (outstanding === 'damaged') continue;
      const journal = openJournal(path);
      const report = await undoAll(outstanding, { folder, journal, onUndo });
      journal.close();
      residue.push(...report.residue);
      if (report.residue.length === 0) rmSync(folder, { recursive: true, force: true });
      recoveries.push({ run, undone: report.undone, endedByReboot });
    }
    if (residue.length > 0) throw new ResidueError(residue);
    return recoveries;
  } finally {
    release();
  }
}

/** Seconds for programs that the agent had started just before it died. */
const programPatienceS = { before: 10, after: 20 } as const;

/** A program that is still at work may make its change after it was looked for: then all is looked at again. */
async function undoAll(
  outstanding: readonly Outstanding[],
  { folder, journal, onUndo }: { folder: string; journal: Journal; onUndo: (line: string) => void },
): Promise<UnwindReport> {
  // What is about to become a guest's load may have been frozen with it.
  await letGo(outstanding);
  const haveEnded = outstanding.length === 0 || (await programsEnded(folder, programPatienceS.before));
  const report = await unwind(outstanding, journal, (entry) => onUndo(tellStep(entry.step).undo ?? ''));
  if (haveEnded) return report;
  const haveEndedNow = await programsEnded(folder, programPatienceS.after);
  const { residue } = await unwind(outstanding, journal);
  if (haveEndedNow) return { undone: report.undone, residue };
  try {
    // So that the next recovery looks at them once more.
    for (const entry of outstanding) journal.append({ type: 'intent', ...entry });
  } catch {
    // The disk is full: whoever reads what follows still knows.
  }
  const message = `a program that the run in ${folder} started is still at work`;
  const hint = `\`fuser -v ${folder}\` names it; when it has ended: layerlift recover`;
  return { undone: report.undone, residue: [...residue, { message, hint }] };
}

/** A damaged journal must not keep the others from being recovered. */
function outstandingIn(
  path: string,
  { folder, residue }: { folder: string; residue: Problem[] },
): readonly Outstanding[] | 'damaged' {
  try {
    return readJournal(path)?.outstanding ?? [];
  } catch (failure) {
    if (!(failure instanceof LayerliftError)) throw failure;
    const message = `nothing of the run in ${folder} was undone, as its journal cannot be trusted`;
    residue.push(...failure.problems, {
      message,
      hint: `undo its intents from the last to the first, then: rm -r ${folder}`,
    });
    return 'damaged';
  }
}

/** Of any version: the boot alone tells that nothing is left. A journal without a header tells of no boot. */
function isOfAnotherBoot(path: string): boolean {
  try {
    const header: unknown = JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '');
    return isRecord(header) && typeof header['bootId'] === 'string' && header['bootId'] !== bootId();
  } catch {
    return false;
  }
}
