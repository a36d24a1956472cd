// Undoes outstanding steps, newest first. The same code serves normal end, error, signal, deadline and `recover`.

import { reasonOf, type Problem } from '../lib/errors.ts';
import type { Journal, JournalRecord, Outstanding } from './journal.ts';
import { renderStep, type Step, type StepText } from './step.ts';
import { isKnownKind, verbOf } from './verbs/registry.ts';

export interface UnwindReport {
  readonly undone: number;
  /** What could not be undone, each with the line that a person can try. */
  readonly residue: readonly Problem[];
}

/** Never throws for a step that cannot be undone: it goes on with the rest and reports it. */
export async function unwind(
  outstanding: readonly Outstanding[],
  journal: Pick<Journal, 'append'>,
  onStep?: (entry: Outstanding) => void,
): Promise<UnwindReport> {
  const residue: Problem[] = [];
  let undone = 0;
  for (const entry of [...outstanding].reverse()) {
    onStep?.(entry);
    const reason = await undoOne(entry, journal);
    if (reason === undefined) undone++;
    else residue.push(residueOf(entry, reason));
  }
  return { undone, residue };
}

/** Gives the reason when the step is still in effect afterwards. */
async function undoOne(entry: Outstanding, journal: Pick<Journal, 'append'>): Promise<string | undefined> {
  const { seq, step, prior } = entry;
  note({ type: 'undoing', seq });
  const reason = isKnownKind(step.kind)
    ? await tryUndo(entry)
    : `this version does not know the step kind ${String(step.kind)}`;
  note(reason === undefined ? { type: 'undone', seq } : { type: 'stuck', seq, reason });
  return reason;

  // A journal that cannot be written is no reason to leave the host changed: every undo may be done again.
  function note(record: JournalRecord): void {
    try {
      journal.append(record);
    } catch {
      // What was undone shows itself to the next recovery.
    }
  }

  async function tryUndo({ step }: Outstanding): Promise<string | undefined> {
    const verb = verbOf(step);
    try {
      if (!(await verb.present(step, prior))) return undefined;
      await verb.undo(step, prior);
      const remains = !verb.mayStay && (await verb.present(step, prior));
      return remains ? 'it is still there afterwards' : undefined;
    } catch (failure) {
      return reasonOf(failure);
    }
  }
}

/** The text of a step that an unknown version may have written, or a damaged journal mangled: never throws. */
export function tellStep(step: Step): StepText {
  try {
    return renderStep(step);
  } catch {
    return { act: step.kind, undo: null };
  }
}

function residueOf({ step }: Outstanding, reason: string): Problem {
  const { act, undo } = tellStep(step);
  return { message: `cannot undo \`${act}\`: ${reason}`, ...(undo === null ? {} : { hint: `by hand: ${undo}` }) };
}
