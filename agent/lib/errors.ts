// Every error that a user can meet. One class a cause that the caller must tell apart; each knows its exit code.

import type { ExitName, Stopper } from './exit-codes.ts';

export interface Problem {
  /** Says what is wrong: names the thing and the value. */
  readonly message: string;
  /** Says what was expected, or what to do next. */
  readonly hint?: string;
  /** Where it stands, for example `profiles/a.yaml:12:5`. */
  readonly at?: string;
}

/** Base of all expected failures. `problems` holds every mistake found, never only the first. */
export class LayerliftError extends Error {
  readonly exit: ExitName;
  readonly problems: readonly Problem[];

  constructor(exit: ExitName, problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(renderProblem).join('\n'), options);
    this.name = new.target.name;
    this.exit = exit;
    this.problems = problems;
  }
}

/** The command line is wrong. */
export class UsageError extends LayerliftError {
  constructor(message: string, hint?: string, others: readonly Problem[] = []) {
    super('usage', [problem(message, hint), ...others]);
  }
}

/** The profile, a job file or a record is wrong; carries every mistake. */
export class ProfileError extends LayerliftError {
  constructor(problems: readonly Problem[]) {
    super('bad-input', problems);
  }
}

/** The host lacks something: a module, a tool, a device, a controller. */
export class NeedError extends LayerliftError {
  constructor(problems: readonly Problem[]) {
    super('unavailable', problems);
  }
}

/** Several refusals of different causes, named together; `exit` is that of the first. */
export class RefusedError extends LayerliftError {}

/** The caller lacks root or a capability. */
export class PrivilegeError extends LayerliftError {
  constructor(message: string, hint?: string) {
    super('no-permission', [problem(message, hint)]);
  }
}

/** Another run holds this host, or an earlier one left something to recover. */
export class BusyError extends LayerliftError {
  constructor(message: string, hint?: string) {
    super('busy', [problem(message, hint)]);
  }
}

/** fio or a guest failed; the host was restored. */
export class LoadError extends LayerliftError {
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super('load-failed', [problem(message, hint)], options);
  }
}

/** A guest's fio lives and does not answer in time: what is measured now does not count. */
export class LateError extends LoadError {}

/** The measurement forbids a verdict; the host was restored. */
export class UnsteadyError extends LayerliftError {
  constructor(problem: Problem) {
    super('inconclusive', [problem]);
  }
}

/** A change to the host failed: carries the step, what it ran and what came back. In mid-run it becomes a MidRunError. */
export class HostError extends LayerliftError {
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super('unavailable', [problem(message, hint)], options);
  }
}

/** The same in mid-run: the host had all that was needed, and something of it stopped working. */
export class MidRunError extends LayerliftError {
  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super('host-failed', problems, options);
  }
}

/** Unwinding left something behind. */
export class ResidueError extends LayerliftError {
  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super('residue', problems, options);
  }
}

/** The run folder or another output cannot be written. */
export class OutputError extends LayerliftError {
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super('output', [problem(message, hint)], options);
  }
}

/** A bug in layerlift itself. */
export class InternalError extends LayerliftError {
  constructor(message: string, options?: ErrorOptions) {
    super('internal', [problem(`internal error: ${message}`, 'please report this with the run folder')], options);
  }
}

/** The run was told to stop: by a signal, by its deadline, or by who is named. */
export class StoppedError extends LayerliftError {
  readonly by: Stopper | undefined;

  constructor(exit: ExitName, message: string, by?: Stopper) {
    super(exit, [{ message }]);
    this.by = by;
  }
}

export function renderProblem(p: Problem): string {
  return `${p.at ? `${p.at}: ` : ''}${p.message}${p.hint ? ` (${p.hint})` : ''}`;
}

/** Text of anything thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The errno name of a failed system call, or undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

function problem(message: string, hint?: string): Problem {
  return hint === undefined ? { message } : { message, hint };
}
