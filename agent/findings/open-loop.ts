// Guests in an open loop whose rate is met as deployed (pure). They ask for no more, so nothing can lift them: as constants in
// the sum they would make every lift of the others look smaller, and the shares of the layers wrong. A verdict is about the rest.

import { median } from '../lib/numbers.ts';
import { type Profile, workloadOf } from '../profile/profile.ts';
import type { SliceRecord } from '../records/slice.ts';
import { baselineOf } from './baseline.ts';
import { goodputOf, usefulRate } from './goodput.ts';
import { countedSlices } from './quality.ts';

type GuestRecord = SliceRecord['guests'][number];

/** A rate counts as met from this share of it on, in the median of the slices and in three of four; as for limits of its own. */
const met = { median: 0.95, most: 0.9, of: 0.75, slices: 2 } as const;

type Loads = Pick<Profile, 'guests' | 'workload'>;

/** What is served of what a slice must have been asked for, 0 to 1; undefined: a closed loop. */
export function servedShare(guest: GuestRecord, loads: Loads): number | undefined {
  const { offeredPerSecond, elapsedMs } = guest;
  if (offeredPerSecond === undefined) return undefined;
  const offered = (offeredPerSecond * elapsedMs) / 1000;
  const asked = Math.max(0, offered - byChance(offered, loads, guest.guest));
  const useful = (usefulRate(guest) * elapsedMs) / 1000;
  return asked > 0 ? Math.min(1, useful / asked) : 1;
}

/**
 * I/Os by which those that come in a slice may be fewer than `offered`: one that comes just after it, or, of random arrivals,
 * the standard deviation of a Poisson count.
 */
function byChance(offered: number, loads: Loads, guest: number): number {
  const workload = workloadOf(loads, guest);
  return !('job' in workload) && workload.arrivals === 'poisson' ? Math.max(1, Math.sqrt(offered)) : 1;
}

/** Guests, by number, that get all that they offer in the baseline slices that count; none where nobody else is left. */
export function servedGuests(slices: readonly SliceRecord[], loads: Loads): readonly number[] {
  const baselines = baselineOf(countedSlices(slices));
  const numbers = [...new Set(baselines.flatMap(({ guests }) => guests.map(({ guest }) => guest)))];
  const served = numbers.filter((number) => {
    const shares = baselines.flatMap(({ guests }) => guests.filter(({ guest }) => guest === number));
    return isServed(shares.flatMap((guest) => servedShare(guest, loads) ?? []));
  });
  return served.length < numbers.length ? served : [];
}

function isServed(shares: readonly number[]): boolean {
  const near = shares.filter((share) => share >= met.most).length;
  return shares.length >= met.slices && median(shares) >= met.median && near >= met.of * shares.length;
}

/** The slices with the goodput of all guests but these. */
export function without<T extends SliceRecord>(slices: readonly T[], guests: readonly number[]): readonly T[] {
  if (guests.length === 0) return slices;
  return slices.map((slice) => {
    const rest = slice.guests.filter(({ guest }) => !guests.includes(guest));
    return rest.length === 0 ? slice : { ...slice, goodput: goodputOf(rest).goodput };
  });
}
