// A slice as the statistics see it: its place, its arm, and how much useful I/O it did.

import { parseArm } from '../../lib/arm.ts';
import { ProfileError, type Problem } from '../../lib/errors.ts';
import type { Layer } from '../../lib/layer.ts';

export interface Observation {
  /** Slices of one block were measured close together in random order; any whole number, compared only for equality and order. */
  readonly block: number;
  /** Id of the arm, see `nameArm`. */
  readonly arm: string;
  /** Useful I/O a second over all guests: above zero, in any unit that is the same for all slices. */
  readonly goodput: number;
}

/**
 * The observations with canonical arm ids, sorted, so that the order in which they were recorded changes no digit.
 *
 * @throws ProfileError naming every observation whose goodput has no logarithm or whose arm the stack does not have.
 */
export function checkObservations(
  observations: readonly Observation[],
  stack: readonly Layer[],
): readonly Observation[] {
  const problems: Problem[] = [];
  const ids = new Map<string, string | undefined>();
  const checked = observations.map((seen) => {
    if (!ids.has(seen.arm)) ids.set(seen.arm, parseArm(seen.arm, stack)?.id);
    const arm = ids.get(seen.arm);
    if (arm === undefined)
      problems.push(problemOf(seen, `cannot find arm ${seen.arm} in a stack of ${stack.join(', ')}`));
    if (!(seen.goodput > 0 && Number.isFinite(seen.goodput))) {
      problems.push(problemOf(seen, `cannot use a goodput of ${seen.goodput}: it must be above zero`));
    }
    return { block: seen.block, arm: arm ?? seen.arm, goodput: seen.goodput };
  });
  if (problems.length > 0) throw new ProfileError(problems);
  return checked.sort(inOrder);
}

/** The block numbers that occur, ascending. */
export function blocksOf(observations: readonly Pick<Observation, 'block'>[]): readonly number[] {
  return [...new Set(observations.map((seen) => seen.block))].sort((a, b) => a - b);
}

function inOrder(a: Observation, b: Observation): number {
  return a.block - b.block || (a.arm < b.arm ? -1 : Number(a.arm > b.arm)) || a.goodput - b.goodput;
}

function problemOf(seen: Observation, message: string): Problem {
  return { message, at: `block ${seen.block}` };
}
