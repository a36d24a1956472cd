// A slice with some guests paused, as the statistics see it: who ran, and how much useful I/O each of them did.

import { baselineId } from '../../lib/arm.ts';
import { ProfileError, type Problem } from '../../lib/errors.ts';
import type { Observation } from '../fit/observation.ts';
import type { GuestSet, NeighboursDesign } from './design.ts';

export interface NeighboursObservation {
  /** Slices of one block were measured close together in random order. */
  readonly block: number;
  /** Numbers of the guests that ran, from 1. */
  readonly running: readonly number[];
  /**
   * Useful I/O a second of each guest that ran, above zero (for a guest without any, what half an I/O in the slice would be).
   * Guests that did not run may be left out; what is said of them is not read.
   */
  readonly goodput: readonly { readonly guest: number; readonly goodput: number }[];
}

/** An observation that was checked. */
export interface Seen {
  readonly block: number;
  /** Who ran, see `setId`. */
  readonly set: string;
  readonly goodput: ReadonlyMap<number, number>;
}

/** The id under which a set of running guests is compared: all of them are the baseline of every comparison. */
export function setId(running: GuestSet, { guests }: Pick<NeighboursDesign, 'guests'>): string {
  return running.length === guests ? baselineId : `guests ${[...running].sort((a, b) => a - b).join()}`;
}

/**
 * The observations, sorted, so that the order in which they were recorded changes no digit.
 *
 * @throws ProfileError naming every observation with a guest that is unknown, named twice, or without a goodput.
 */
export function checkNeighbours(
  design: NeighboursDesign,
  observations: readonly NeighboursObservation[],
): readonly Seen[] {
  const problems: Problem[] = [];
  const seen = observations.map(({ block, running, goodput }): Seen => {
    const complain = (message: string): unknown => problems.push({ message, at: `block ${block}` });
    const given = new Map(goodput.map((one) => [one.guest, one.goodput]));
    if (running.length === 0) complain('cannot use a slice in which no guest ran');
    if (new Set(running).size < running.length) complain(`guest named twice in ${running.join(', ')}`);
    const ran = running.map((guest) => {
      const value = given.get(guest) ?? NaN;
      if (!(Number.isInteger(guest) && guest >= 1 && guest <= design.guests)) complain(`there is no guest ${guest}`);
      else if (!(value > 0 && Number.isFinite(value))) {
        complain(`cannot use a goodput of ${value} of guest ${guest}: it must be above zero`);
      }
      return [guest, value] as const;
    });
    return { block, set: setId(running, design), goodput: new Map(ran.sort(([a], [b]) => a - b)) };
  });
  if (problems.length > 0) throw new ProfileError(problems);
  return seen.sort(
    (a, b) => a.block - b.block || (a.set < b.set ? -1 : Number(a.set > b.set)) || totalOf(a) - totalOf(b),
  );
}

/** Goodput of all guests that ran. */
export function totalOf({ goodput }: Seen): number {
  return [...goodput.values()].reduce((total, one) => total + one, 0);
}

/** For `fit`: the sets of running guests take the place of arms, `measure` that of goodput. */
export function asArms(seen: readonly Seen[], measure: (one: Seen) => number): readonly Observation[] {
  return seen.map((one) => ({ block: one.block, arm: one.set, goodput: measure(one) }));
}
