// Changes that have begun and not ended. Whatever a look says, such a change may still take effect: an unwind neither
// overtakes it nor takes it for undone, and a run that leaves one behind has not restored the host.

import type { Problem } from '../../lib/errors.ts';
import type { Journal, Outstanding } from './journal.ts';
import { within } from '../kernel/deadline.ts';
import { describeStep, releaseAll, unwind, type UnwindOptions } from './unwind.ts';
import { type Kinds, kindsHere } from '../step.ts';
import type { LeftToOthers } from '../steps/verb.ts';

/** How long an unwind waits for changes under way before it begins with all others. */
const beforeMs = 10_000;
/** How long it waits then: until the change's own deadline, within these bounds. Most deadlines are 40 s. */
const afterMs = { least: 5_000, most: 60_000 } as const;

/** A change from its first look on; the act comes later, or never. */
export interface Change {
  entry?: Outstanding;
  /** Ends when the act itself has, however long after its deadline. */
  acting?: Promise<unknown>;
  /** Milliseconds of performance.now(). */
  dueAtMs?: number;
}

export interface UnderWay {
  /** `work`: all that is done about the change, given up at its deadlines. */
  readonly add: (change: Change, work: Promise<unknown>) => void;
  /** Waits for all, but not for ever. */
  readonly wait: () => Promise<void>;
  /** Undoes what can be undone, newest first, and names what goes on. */
  readonly unwind: (
    outstanding: readonly Outstanding[],
    options: Required<Omit<UnwindOptions, 'kinds'>>,
  ) => Promise<readonly Problem[]>;
}

export function trackChanges(kinds: Kinds = kindsHere): UnderWay {
  const changes = new Map<Change, Promise<unknown>>();
  const changesOf = (outstanding: readonly Outstanding[]): readonly Change[] =>
    [...changes.keys()].filter(({ entry }) => entry && outstanding.includes(entry));
  const ended = async (some: readonly Change[], deadlineMs: number): Promise<void> => {
    const ends = some.flatMap((change) => changes.get(change) ?? []);
    await within('changes under way', deadlineMs, Promise.all(ends)).catch(() => undefined);
  };

  return {
    add: (change, work) => {
      const passOn = (): unknown => change.acting?.catch(() => undefined);
      const end = work.then(passOn, passOn).then(() => void changes.delete(change));
      changes.set(change, end);
    },
    wait: () => ended([...changes.keys()], beforeMs),
    unwind: async (outstanding, { journal, onStep, onLeft }) => {
      const late = changesOf(outstanding);
      const lateSteps = late.map(({ entry }) => entry);
      const others = outstanding.filter((entry) => !lateSteps.includes(entry));
      if (late.length === 0) return (await unwind(outstanding, { journal, onStep, onLeft, kinds })).residue;
      // It may hang on what this releases, or on what is undone now.
      await releaseAll(outstanding, kinds);
      const told = new Set<string>();
      const tellOnce = (left: LeftToOthers): void => {
        if (!told.has(left.path)) onLeft(left);
        told.add(left.path);
      };
      await unwind(others, { journal, onStep, onLeft: tellOnce, kinds });
      await ended(late, Math.max(...late.map(deadlineFor)));
      const hung = changesOf(outstanding);
      const hungSteps = hung.map(({ entry }) => entry);
      // Nobody waits for them again.
      for (const change of hung) changes.delete(change);
      // All others once more: what was stuck may have been held by one that has ended.
      const { residue } = await unwind(
        outstanding.filter((entry) => !hungSteps.includes(entry)),
        { journal, kinds, onLeft: tellOnce, onStep: (entry) => lateSteps.includes(entry) && onStep(entry) },
      );
      if (hung.length > 0) listAgain(others, journal, kinds);
      return [...hungSteps.flatMap((entry) => (entry ? [stillUnderWay(entry)] : [])), ...residue];
    },
  };
}

/** A step that may stay was noted as undone, and a change that hangs may still use it: recovery looks again. */
function listAgain(outstanding: readonly Outstanding[], journal: Pick<Journal, 'append'>, kinds: Kinds): void {
  try {
    for (const entry of outstanding)
      if (kinds.isKnownKind(entry.step.kind) && kinds.verbOf(entry.step).mayStay)
        journal.append({ type: 'intent', ...entry });
  } catch {
    // The disk is full: then modules stay loaded.
  }
}

function deadlineFor({ dueAtMs = 0 }: Change): number {
  return Math.min(Math.max(dueAtMs - performance.now(), afterMs.least), afterMs.most);
}

function stillUnderWay({ step, prior }: Outstanding): Problem {
  const { act, undo } = describeStep(step, prior);
  const byHand = undo === null ? '' : `; by hand: ${undo}`;
  return {
    message: `\`${act}\` is still under way, and may take effect at any moment`,
    hint: `when it has ended: layerlift recover${byHand}`,
  };
}
