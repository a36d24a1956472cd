// The way back after a death: unwinds what journals of interrupted runs still list. One code for `recover` and the watchdog.

import { readFileSync } from 'node:fs';
import { isRecord } from '../../lib/record.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { type Kinds, kindsHere } from '../step.ts';
import type { LeftToOthers } from '../steps/verb.ts';
import { LayerliftError, type Problem, ProfileError, reasonOf, ResidueError } from '../../lib/errors.ts';
import { type Journal, openJournal, type Outstanding, readableSteps, readJournal } from '../journal/journal.ts';
import { forgetRemains, forgetRun, hasJournal, journalPathOf, leftovers, runFolderOf } from '../journal/leftovers.ts';
import { type Holder, takeLock } from './lock.ts';
import { programsEnded } from '../kernel/programs.ts';
import { bootId } from './session.ts';
import { describeStep, releaseAll, unwind, type UnwindReport } from '../journal/unwind.ts';

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
  /** Told of each change that was not undone because somebody else has taken it over. */
  readonly onLeft?: (left: LeftToOthers) => void;
  /** The folder of all runs; left out: that of this host. */
  readonly state?: string;
  /** Those of this version where they are left out. */
  readonly kinds?: Kinds;
}

/** Unwinds interrupted runs. Throws ResidueError, after trying all, when something could not be undone. */
export async function recoverAll(options: RecoverOptions): Promise<readonly Recovery[]> {
  const { holder, only, state = stateFolder, kinds = kindsHere } = options;
  const release = await takeLock(holder, { state });
  try {
    const recoveries: Recovery[] = [];
    const residue: Problem[] = [];
    // A fault in one run must not keep the others from being recovered.
    const attempt = async (what: string, body: () => Promise<void> | void): Promise<void> => {
      try {
        await body();
      } catch (failure) {
        residue.push(...problemsOf(failure, what));
      }
    };
    await attempt('remains of earlier runs', () => forgetRemains(state));
    for (const run of leftovers(state).filter((name) => only === undefined || name === only)) {
      await attempt(`the run in ${runFolderOf(run, state)}`, async () => {
        const { residue: stuck, ...recovery } = await recoverOne(run, { ...options, state, kinds });
        residue.push(...stuck);
        if (stuck.length === 0) forgetRun(run, state);
        recoveries.push(recovery);
      });
    }
    if (residue.length > 0) throw new ResidueError(residue);
    return recoveries;
  } finally {
    release();
  }
}

async function recoverOne(
  run: string,
  { state, ...options }: RecoverOptions & { readonly state: string; readonly kinds: Kinds },
): Promise<Recovery & { readonly residue: readonly Problem[] }> {
  const path = journalPathOf(run, state);
  const endedByReboot = isOfAnotherBoot(path);
  const nothing = { run, undone: 0, endedByReboot, residue: [] };
  if (endedByReboot || !hasJournal(run, state)) return nothing;
  const folder = runFolderOf(run, state);
  const outstanding = outstandingOf(folder, path);
  if (outstanding.length === 0) return nothing;
  const journal = openIfPossible(path);
  try {
    return { run, endedByReboot, ...(await undoAll(outstanding, { ...options, folder, journal })) };
  } finally {
    journal.close();
  }
}

/** A journal that is damaged or of another version is not guessed at. The error says what the journal lists. */
function outstandingOf(folder: string, path: string): readonly Outstanding[] {
  try {
    return readJournal(path)?.outstanding ?? [];
  } catch (failure) {
    if (!(failure instanceof ProfileError)) throw failure;
    const message = `nothing of the run in ${folder} was undone, as its journal cannot be trusted`;
    const hint = `undo its intents from the last to the first, then: rm -r ${folder}`;
    throw new ProfileError([
      ...failure.problems,
      { message, hint },
      ...readableSteps(path).toReversed().flatMap(byHand),
    ]);
  }
}

function byHand({ step, prior }: Outstanding): readonly Problem[] {
  const { act, undo } = describeStep(step, prior);
  return undo === null ? [] : [{ message: `\`${act}\` may be in effect`, hint: `by hand: ${undo}` }];
}

/** A journal that takes nothing is no reason to leave the host changed: every undo may be done again. */
function openIfPossible(path: string): Pick<Journal, 'append' | 'close'> {
  try {
    return openJournal(path);
  } catch {
    return { append: () => undefined, close: () => undefined };
  }
}

function problemsOf(failure: unknown, what: string): readonly Problem[] {
  if (failure instanceof LayerliftError) return failure.problems;
  return [{ message: `cannot recover ${what}: ${reasonOf(failure)}`, hint: 'when that is mended: layerlift recover' }];
}

/** Seconds for programs that the agent had started just before it died. */
const programDeadlineS = { before: 10, after: 20 } as const;

/** A program that is still at work may make its change after it was looked for: then all is looked at again. */
async function undoAll(
  outstanding: readonly Outstanding[],
  {
    folder,
    journal,
    onUndo,
    onLeft,
    kinds,
  }: Pick<RecoverOptions, 'onUndo' | 'onLeft'> & { folder: string; journal: Pick<Journal, 'append'>; kinds: Kinds },
): Promise<UnwindReport> {
  // A process that was about to become a guest's load may have been frozen with it.
  await releaseAll(outstanding, kinds);
  const haveEnded = outstanding.length === 0 || (await programsEnded(folder, programDeadlineS.before));
  const report = await unwind(outstanding, {
    journal,
    kinds,
    ...(onLeft ? { onLeft } : {}),
    onStep: (entry) => onUndo(describeStep(entry.step, entry.prior).undo ?? ''),
  });
  if (haveEnded) return report;
  const haveEndedNow = await programsEnded(folder, programDeadlineS.after);
  const { residue } = await unwind(outstanding, { journal, kinds });
  if (haveEndedNow) return { undone: report.undone, residue };
  try {
    // So that the next recovery looks at them once more.
    for (const entry of outstanding) journal.append({ type: 'intent', ...entry });
  } catch {
    // The disk is full. The messages that follow still say what was undone.
  }
  const message = `a program that the run in ${folder} started is still at work`;
  const hint = `\`fuser -v ${folder}\` names it; when it has ended: layerlift recover`;
  return { undone: report.undone, residue: [...residue, { message, hint }] };
}

/** Reads a journal of any version: the boot alone tells that nothing is left. Without a header it tells of no boot. */
function isOfAnotherBoot(path: string): boolean {
  try {
    const header: unknown = JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '');
    return isRecord(header) && typeof header['bootId'] === 'string' && header['bootId'] !== bootId();
  } catch {
    return false;
  }
}
