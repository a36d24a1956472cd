// Types of a kind of step: its text, and how to see it, do it and undo it.

import type { Kernel } from '../port.ts';

export interface StepBase {
  readonly kind: string;
  /** Why the run needs this change; shown by `plan` and kept in the journal. */
  readonly why: string;
}

/** A value that a run has changed, and that stays as somebody else has set it meanwhile. */
export interface LeftToOthers {
  readonly path: string;
  /** As the kernel had it after the run's own write. */
  readonly made: string;
  readonly found: string;
}

/** The text of a step and of its inverse as shell-like lines. A null undo: the change goes with its parent. */
export interface StepText {
  readonly act: string;
  readonly undo: string | null;
}

export interface Verb<S extends StepBase> {
  /** Is the step in effect now? Decides adoption (refused), whether an undo is needed, and whether it worked. */
  readonly present: (step: S, prior: string | undefined) => Promise<boolean>;
  /** The state before, as far as `undo` needs it. Undefined: the host is already so, and nothing will be done. */
  readonly capture: (step: S) => Promise<string | undefined>;
  /**
   * Gives the device node where the step makes one, else an empty text. `stop`: aborted when the run unwinds. Only for what
   * may be cut off anywhere, because all that it changes goes with an object of ours: long copying into one.
   */
  readonly act: (step: S, prior: string, stop: AbortSignal) => Promise<string>;
  /**
   * The value that the step has made, read back once it was done: the kernel clamps some values. Kept in the journal; undefined
   * where that is not known.
   */
  readonly readBack?: (step: S) => Promise<string | undefined>;
  /** The value that somebody else has set since it `became` what was read back: then it is theirs, and stays. */
  readonly takenOver?: (step: S, became: string) => Promise<LeftToOthers | undefined>;
  /** Idempotent; called only while `present`. `patienceMs`: how long to wait for others to let go. */
  readonly undo: (step: S, prior: string | undefined, patienceMs: number) => Promise<void>;
  /** Before any undo: releases what would hang, such as the I/O that waits for a suspended device. */
  readonly release?: (step: S) => Promise<void>;
  /** `release` destroys the object, so the unwind of an inner scope skips it for what an outer scope holds. */
  readonly releaseEnds?: true;
  /** How long the act may take, where that is longer than of most. */
  readonly actMs?: number;
  /** Nothing is left to undo once `act` has returned. */
  readonly settles?: true;
  /** Others may have come to use it meanwhile: then it stays, and that is no residue. */
  readonly mayStay?: true;
  /** May be there already for others: no error, and not ours to undo. */
  readonly shared?: true;
}

/** The verb before it knows its kernel, which each of its functions then takes last. */
type Unbound<S extends StepBase> = {
  readonly [K in keyof Verb<S>]: NonNullable<Verb<S>[K]> extends (...given: infer Given) => infer Answer
    ? (...given: [...Given, kernel: Kernel]) => Answer
    : Verb<S>[K];
};

/** A kind of step, whole. `S`: its data, as the journal keeps it. */
export interface StepKind<S extends StepBase> extends Unbound<S> {
  readonly kind: S['kind'];
  /** `prior`: what was captured before the act, where it is known; then the inverse names it. */
  readonly text: (step: S, prior: string | undefined) => StepText;
}

/** A prior that lists names, as it is captured: with a blank between them. */
export function parsePrior(prior: string | undefined): readonly string[] {
  return (prior ?? '').split(/\s+/).filter((name) => name !== '');
}

/** For verbs whose undo needs no knowledge of the state before. */
export function nothingToCapture(): Promise<string> {
  return Promise.resolve('');
}

/** Whether a folder is empty: a step made it, and was cut off before it filled it. False where there is no folder. */
export async function isEmptyFolder(path: string, kernel: Pick<Kernel, 'exists' | 'list'>): Promise<boolean> {
  return (await kernel.exists(path)) && (await kernel.list(path)).length === 0;
}
