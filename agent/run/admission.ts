// Gathers what speaks against a run, so that a user meets every problem at once.

import {
  LayerliftError,
  NeedError,
  type Problem,
  ProfileError,
  RefusedError,
  renderProblem,
  UsageError,
} from '../lib/errors.ts';

export class Admission {
  readonly #refusals: LayerliftError[] = [];

  /** Keeps an expected failure and goes on; undefined then. Bugs pass through. */
  async ask<T>(question: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await question();
    } catch (failure) {
      this.#keep(failure);
      return undefined;
    }
  }

  check(question: () => unknown): void {
    try {
      question();
    } catch (failure) {
      this.#keep(failure);
    }
  }

  /** Throws the only refusal as it is; of several, one error with the problems of all, each once, and the exit code of the first. */
  close(): void {
    const [first, ...others] = this.#refusals;
    if (!first) return;
    if (others.length === 0) throw first;
    throw together(first, distinct(this.#refusals.flatMap(({ problems }) => problems)));
  }

  #keep(failure: unknown): void {
    if (!(failure instanceof LayerliftError) || failure.exit === 'internal') throw failure;
    this.#refusals.push(failure);
  }
}

/** An error of the first refusal's class, which decides the exit code. */
function together(first: LayerliftError, problems: readonly Problem[]): LayerliftError {
  const [head, ...others] = problems;
  if (first instanceof UsageError && head) return new UsageError(head.message, head.hint, others);
  if (first instanceof ProfileError) return new ProfileError(problems);
  if (first instanceof NeedError) return new NeedError(problems);
  return new RefusedError(first.exit, problems);
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [renderProblem(problem), problem])).values()];
}
