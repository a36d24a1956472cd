// The borders of a slice: fio and the junctions count the same I/O in windows that begin and end a little apart, and a load
// that goes round in step completes whole rounds. What both say together is right by less than either (pure).

import { sum } from '../lib/numbers.ts';
import type { JunctionWork } from '../measure/junctions.ts';
import type { SliceCaveat } from '../records/caveat.ts';
import type { SliceRecord } from '../records/slice.ts';

type Guest = SliceRecord['guests'][number];
/** The part of a guest that a border needs. */
export type Counted = Pick<Guest, 'guest' | 'elapsedMs' | 'ios' | 'bytes' | 'meanLatencyNs'> & {
  /** I/Os that failed, which the junctions count and fio does not. */
  readonly failed: number;
};

/** How far fio's own count and the junctions' may differ beside what was in flight before the slice is doubted: a share. */
const countTolerance = 0.02;

/**
 * The parts of I/Os at the borders are told by Little's law, which needs a latency that stays: I/Os that take longer than a third of
 * the slice were asked for before it settled. They queue for something, and what it lets through is counted right as it is.
 */
const fewestRounds = 3;

/** The guests above one junction, the topmost on their way, and what it says of them. */
interface Passage {
  readonly guests: readonly Counted[];
  /** I/Os that the junctions passed over those that fio counted, with the I/Os in flight at the borders of theirs as parts of one. */
  readonly ratio: number;
  /** By how much that may differ from 1. */
  readonly tolerance: number;
}

/**
 * For each guest what its count of I/Os is to be multiplied by: the junctions' rate, in which I/Os in flight at the borders
 * count as parts, over fio's. 1 where the junctions do not count the same I/O, cannot tell, or where the slice is too short for it.
 */
export function borderFactors(guests: readonly Counted[], junctions: readonly JunctionWork[]): readonly number[] {
  const passages = passagesOf(guests, junctions);
  return guests.map((guest) => {
    const passage = passages.find((one) => one.guests.includes(guest));
    return passage && agree(passage) && isSettled(passage) ? passage.ratio : 1;
  });
}

/** Whether the count of every guest is mended by `borderFactors` in a slice that is long enough. */
export function bordersKnown(guests: readonly Counted[], junctions: readonly JunctionWork[]): boolean {
  const passages = passagesOf(guests, junctions);
  return guests.every((guest) => passages.some((one) => one.guests.includes(guest) && agree(one)));
}

/** fio says what completed; the topmost junctions, independently, what passed. They must agree. */
export function doubtsOfCounts(guests: readonly Counted[], junctions: readonly JunctionWork[]): readonly SliceCaveat[] {
  const passed = sum(topmost(junctions).map(({ bytesPerSecond }) => bytesPerSecond));
  const completed = sum(guests.map(bytesPerSecond));
  if (passed === 0 && completed === 0) return [{ kind: 'no-io' }];
  if (junctions.length === 0) return [{ kind: 'no-junction-counters' }];
  const apart = Math.abs(passed - completed) / Math.max(passed, completed);
  if (apart <= toleranceOf(guests)) return [];
  return [{ kind: 'counts-disagree', apartPercent: 100 * apart }];
}

function topmost(junctions: readonly JunctionWork[]): readonly JunctionWork[] {
  return junctions.filter(({ layer }) => layer === junctions.at(-1)?.layer);
}

function passagesOf(guests: readonly Counted[], junctions: readonly JunctionWork[]): readonly Passage[] {
  return topmost(junctions).flatMap((junction) => {
    const above = junction.guest === 0 ? guests : guests.filter(({ guest }) => guest === junction.guest);
    const completed = sum(above.map(bytesPerSecond));
    if (junction.bordersShare === undefined || completed === 0) return [];
    const ratio = (junction.bytesPerSecond * (1 + junction.bordersShare)) / completed;
    return [{ guests: above, ratio, tolerance: toleranceOf(above) }];
  });
}

function agree({ ratio, tolerance }: Passage): boolean {
  return ratio > 0 && Math.abs(ratio - 1) <= tolerance;
}

/** Whether an I/O takes so little of the window that its latency can be taken for one that stays. */
function isSettled({ tolerance }: Passage): boolean {
  return tolerance - countTolerance <= 1 / fewestRounds;
}

/** I/Os that the junctions should have passed for a guest: failed ones count as large as those of fio. */
function bytesPerSecond({ bytes, ios, failed, elapsedMs }: Counted): number {
  return (bytes * (1 + (ios > 0 ? failed / ios : 0)) * 1000) / elapsedMs;
}

/**
 * Each count may miss what is in flight at its borders, as fio answers later than the junctions. In flight on average is
 * what completed times its latency over time (Little's law).
 */
function toleranceOf(guests: readonly Counted[]): number {
  const ios = sum(guests.map((guest) => guest.ios));
  const inFlight = sum(guests.map((guest) => (guest.ios * guest.meanLatencyNs) / (guest.elapsedMs * 1e6)));
  return countTolerance + (ios > 0 ? inFlight / ios : 0);
}
