// Undoes outstanding steps, newest first. The same code serves normal end, error, signal, deadline and `recover`.

import { reasonOf, type Problem } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Journal, JournalRecord, Outstanding } from './journal.ts';
import { within } from '../kernel/deadline.ts';
import { type Kinds, kindsHere, renderStep, type Step } from '../step.ts';
import type { LeftToOthers, StepText } from '../steps/verb.ts';

export interface UnwindReport {
  readonly undone: number;
  /** Steps that could not be undone, each with the line that a person can try. */
  readonly residue: readonly Problem[];
}

/** How long an undo waits for others to let go; less for those after one that could not be undone, as they share its cause. */
const patienceMs = { first: 8_000, later: 1_000 } as const;
/** How long the kernel may take for what needs no waiting. */
const answerMs = { first: 20_000, later: 2_000 } as const;

export interface UnwindOptions {
  readonly journal: Pick<Journal, 'append'>;
  /** Called before the undo of each. */
  readonly onStep?: (entry: Outstanding) => void;
  /** Called for each value that somebody else has set meanwhile: it stays as they want it. */
  readonly onLeft?: (left: LeftToOthers) => void;
  /** Those of this version where they are left out. */
  readonly kinds?: Kinds;
}

/** Never throws for a step that cannot be undone: it goes on with the rest and reports it. Always ends. */
export async function unwind(
  outstanding: readonly Outstanding[],
  { kinds = kindsHere, ...options }: UnwindOptions,
): Promise<UnwindReport> {
  await releaseAll(outstanding, kinds);
  let left: readonly Stuck[] = [...outstanding].reverse().map((entry) => ({ entry, reason: '' }));
  for (;;) {
    const { stuck, isHopeless } = await pass(
      left.map(({ entry }) => entry),
      { ...options, kinds },
    );
    left = stuck;
    if (isHopeless) break;
  }
  const residue = left.map(({ entry, reason }) => residueOf(entry, reason));
  return { undone: outstanding.length - left.length, residue };
}

interface Stuck {
  readonly entry: Outstanding;
  readonly reason: string;
}

/** Hopeless: nothing was undone after the first that was stuck, so that another pass would find all as it is. */
async function pass(
  entries: readonly Outstanding[],
  options: UnwindOptions & { readonly kinds: Kinds },
): Promise<{ stuck: readonly Stuck[]; isHopeless: boolean }> {
  const stuck: Stuck[] = [];
  let isHopeless = true;
  for (const entry of entries) {
    options.onStep?.(entry);
    const reason = await undoOne(entry, options, stuck.length === 0 ? 'first' : 'later');
    if (reason !== undefined) stuck.push({ entry, reason });
    else if (stuck.length > 0) isHopeless = false;
  }
  return { stuck, isHopeless };
}

/** Releases what would hang an undo, of these steps or of what stands on them. That it fails is seen by the undo itself. */
export async function releaseAll(outstanding: readonly Outstanding[], kinds: Kinds = kindsHere): Promise<void> {
  const release = async ({ step }: Outstanding): Promise<void> => {
    if (kinds.isKnownKind(step.kind)) await kinds.verbOf(step).release?.(step);
  };
  await within('releasing', answerMs.first, Promise.allSettled([...outstanding].reverse().map(release))).catch(
    () => undefined,
  );
  faultPoint('released');
}

/** Gives the reason when the step is still in effect afterwards. */
async function undoOne(
  entry: Outstanding,
  { journal, kinds, onLeft }: UnwindOptions & { readonly kinds: Kinds },
  turn: 'first' | 'later',
): Promise<string | undefined> {
  const { seq, step, prior, became } = entry;
  note({ type: 'undoing', seq });
  const reason = kinds.isKnownKind(step.kind)
    ? await tryUndo(entry)
    : `this version does not know the step kind ${step.kind}`;
  note(reason === undefined ? { type: 'undone', seq } : { type: 'stuck', seq, reason });
  return reason;

  // A journal that cannot be written is no reason to leave the host changed: every undo may be done again.
  function note(record: JournalRecord): void {
    try {
      journal.append(record);
    } catch {
      // The next recovery sees by itself that this is undone.
    }
  }

  async function tryUndo({ step }: Outstanding): Promise<string | undefined> {
    const verb = kinds.verbOf(step);
    const look = (): Promise<boolean> => within('looking at it', answerMs[turn], verb.present(step, prior));
    try {
      if (!(await look())) return undefined;
      const left = became === undefined ? undefined : verb.takenOver?.(step, became);
      const taken = left && (await within('looking at it', answerMs[turn], left));
      if (taken !== undefined) {
        onLeft?.(taken);
        return undefined;
      }
      const undone = verb.undo(step, prior, patienceMs[turn]);
      await within('undoing it', 2 * patienceMs[turn] + answerMs[turn], undone);
      const remains = !verb.mayStay && (await look());
      return remains ? 'it is still there afterwards' : undefined;
    } catch (failure) {
      return reasonOf(failure);
    }
  }
}

/** The text of a step that an unknown version may have written, or a damaged journal mangled: never throws. */
export function describeStep(step: Step, prior?: string): StepText {
  try {
    return renderStep(step, prior);
  } catch {
    return { act: step.kind, undo: null };
  }
}

function residueOf({ step, prior }: Outstanding, reason: string): Problem {
  const { act, undo } = describeStep(step, prior);
  return { message: `cannot undo \`${act}\`: ${reason}`, ...(undo === null ? {} : { hint: `by hand: ${undo}` }) };
}
