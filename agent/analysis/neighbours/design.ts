// The design of a measurement of neighbours: effect, error level, budget, and which guests run in its slices.

import { looksWithin, lookShare } from '../verdict/design.ts';
import { rules } from '../rules.ts';

/** The guests that run in a slice, by number from 1; all others are paused. */
export type GuestSet = readonly number[];

export interface NeighboursDesign {
  readonly guests: number;
  /** The most slices to measure. */
  readonly budgetSlices: number;
  /** The smallest cost to the others that matters, in ln units of their goodput. */
  readonly delta: number;
  /** Chance, over all guests and looks, of naming a noisy neighbour that is none. */
  readonly alpha: number;
  /** Numbers of blocks after which the data is looked at, ascending. */
  readonly looks: readonly number[];
  /** The guests are of several groups: what one does alone says nothing of the others. Left out: they are alike. */
  readonly mixed?: true;
}

/** Ten minutes of 4 s slices, costs of 5 %, 95 % confidence. */
export function defaultNeighboursDesign(
  guests: number,
  changes: Partial<Omit<NeighboursDesign, 'guests'>> = {},
): NeighboursDesign {
  const budgetSlices = changes.budgetSlices ?? 150;
  return { guests, budgetSlices, delta: Math.log(1.05), alpha: 0.05, looks: looksWithin(budgetSlices), ...changes };
}

/** One-sided level of one claim about a guest: shared over guests and looks. */
export function guestLevel({ alpha, guests, looks }: NeighboursDesign): number {
  return alpha / (guests * lookShare(looks));
}

/** One-sided level of "no neighbour": every guest must pass, so it is shared over the looks only. */
export function nobodyLevel({ alpha, looks }: NeighboursDesign): number {
  return alpha / lookShare(looks);
}

/** Blocks that measure guests alone and numbers of guests; as many of the others come before them. */
export const wideBlocks = 2;
/** More guests than this are not all measured alone: it would take longer than the rest. */
const mostAlone = 16;

export function everyGuest({ guests }: Pick<NeighboursDesign, 'guests'>): GuestSet {
  return firstGuests(guests);
}

export function allBut({ guests }: Pick<NeighboursDesign, 'guests'>, guest: number): GuestSet {
  return firstGuests(guests).filter((one) => one !== guest);
}

export function firstGuests(count: number): GuestSet {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** Those that are measured alone: all, or an even sample that holds the first and the last. */
export function soloGuests({ guests }: Pick<NeighboursDesign, 'guests'>): GuestSet {
  if (guests <= mostAlone) return firstGuests(guests);
  return firstGuests(mostAlone).map((i) => 1 + Math.round(((i - 1) * (guests - 1)) / (mostAlone - 1)));
}

/** 1, 2, 4, ... and the number of all guests. */
export function guestCounts({ guests }: Pick<NeighboursDesign, 'guests'>): readonly number[] {
  const doubled = Array.from({ length: 7 }, (_, i) => 2 ** i).filter((count) => count < guests);
  return [...doubled, guests];
}

/** All guests twice, and all but each: what the noisy neighbour is found by. */
export function pauseBlock(design: NeighboursDesign): readonly GuestSet[] {
  const all = everyGuest(design);
  return [all, all, ...all.map((guest) => allBut(design, guest))];
}

/**
 * All guests twice, each alone, and the first 1, 2, 4, ... of them; without what `pauseBlock` has. A block of its own, because
 * longer blocks take in more drift. Empty for two guests, where the pause of one leaves the other alone.
 */
export function wideBlock(design: NeighboursDesign): readonly GuestSet[] {
  const all = everyGuest(design);
  const had = new Set(pauseBlock(design).map((set) => set.join()));
  const sets = [...soloGuests(design).map((guest) => [guest]), ...guestCounts(design).map(firstGuests)];
  const fresh = new Map(sets.filter((set) => !had.has(set.join())).map((set) => [set.join(), set]));
  return fresh.size === 0 ? [] : [all, all, ...fresh.values()];
}

/** A cost (ln units) matters and is real: the same rule as for a lift. */
export function isProven(design: NeighboursDesign, cost: { readonly estimate: number; readonly low: number }): boolean {
  return cost.low > rules.guard * design.delta && cost.estimate >= design.delta;
}
