// Decides which I/O of a slice was useful: the rule behind every goodput (pure).

import { sum } from '../lib/numbers.ts';
import { LoadError } from '../lib/errors.ts';
import type { Work } from '../load/fio-output.ts';
import { countWithin, type Histogram, merged, quantileOf } from '../load/histogram.ts';
import type { SliceCaveat } from '../records/caveat.ts';
import type { LatencyQuantiles, SliceRecord } from '../records/slice.ts';

type GuestRecord = SliceRecord['guests'][number];

/**
 * The useful I/Os of a window are taken as this many at least: none has no logarithm, in which everything is compared. Half
 * an I/O is the usual stand-in for a count of zero: less than any count that was seen, and more than nothing.
 */
const leastUseful = 0.5;

export interface Judged {
  /** Nanoseconds; null: none is set. */
  readonly objectiveNs: number | null;
  /** I/Os a second that an open loop asks for; left out: a closed loop. */
  readonly offeredPerSecond?: number | undefined;
  /** Whether the load checks what it reads. */
  readonly verifies: boolean;
}

/**
 * One guest's part of a slice. An I/O is useful when it ends without error and, with an objective, within it.
 *
 * @throws LoadError when fio gave no histogram to judge an objective by.
 */
export function guestRecord(
  guest: number,
  work: Work,
  { objectiveNs, offeredPerSecond, verifies }: Judged,
): GuestRecord {
  const { elapsedMs, ios, bytes, errors, meanLatencyNs, reads, latencies } = work;
  const within = objectiveNs === null ? ios : withinObjective(guest, latencies, objectiveNs);
  // One that was found damaged may have been quick: within or not, it is none of the useful.
  const damaged = damagedOf(work, verifies);
  const useful = Math.max(0, Math.min(within, ios) - damaged);
  const count = { guest, elapsedMs, ios, bytes, errors, damaged };
  const spread = latencies && spreadOf(latencies);
  return {
    ...{ ...count, meanLatencyNs, useful, objectiveNs },
    ...(offeredPerSecond === undefined ? {} : { offeredPerSecond }),
    ...(spread ? { latencyNs: spread } : {}),
    ...(reads ? { reads } : {}),
  };
}

/** Whole nanoseconds: fio's buckets are no finer. Undefined of an empty histogram. */
function spreadOf(latencies: Histogram): LatencyQuantiles | undefined {
  if (quantileOf(latencies, 0.5) === undefined) return undefined;
  const at = (share: number): number => Math.round(quantileOf(latencies, share) ?? 0);
  return { p1: at(0.01), p25: at(0.25), p50: at(0.5), p75: at(0.75), p99: at(0.99) };
}

/**
 * Errors among the I/Os that have a latency: those whose data was not as written (EILSEQ). An I/O that fails has none, so it
 * is not counted and must not be taken off. Where data is checked, fio's number of errors holds both; what was issued and
 * has no latency is what failed, but for I/O in flight.
 *
 * Source: fio io_u.c, io_completed: account_io_completion is for I/O without error, and is called before the check.
 */
export function damagedOf({ errors, ios, issued }: Work, verifies: boolean): number {
  if (!verifies) return 0;
  const failed = issued === undefined ? 0 : Math.max(0, issued - ios);
  return Math.min(ios, Math.max(0, errors - failed));
}

function withinObjective(guest: number, latencies: Histogram | undefined, objectiveNs: number): number {
  if (latencies) return countWithin(latencies, objectiveNs);
  throw new LoadError(
    `fio of guest ${guest} gave no histogram of latencies to judge its objective by`,
    'leave latencyObjective out, or look at the options of the job',
  );
}

export interface Goodput {
  /** Useful I/O a second over all guests; zero only if nothing completed without error. */
  readonly goodput: number;
  readonly attainment: SliceRecord['attainment'];
  readonly caveats: readonly SliceCaveat[];
}

export function goodputOf(guests: readonly GuestRecord[]): Goodput {
  const [ended, useful] = [sum(guests.map(endedOf)), sum(guests.map((guest) => guest.useful))];
  const completed = guests.some(({ ios, damaged = 0 }) => ios > damaged);
  const hasObjective = guests.some(({ objectiveNs }) => objectiveNs !== null);
  const attainment = hasObjective && ended > 0 ? Math.min(1, useful / ended) : null;
  if (useful >= leastUseful || !completed) {
    return { goodput: sum(guests.map(usefulRate)), attainment, caveats: [] };
  }
  const longestMs = Math.max(...guests.map(({ elapsedMs }) => elapsedMs));
  return {
    goodput: (leastUseful * 1000) / longestMs,
    attainment,
    caveats: [{ kind: 'none-in-objective' }],
  };
}

type Rated = Pick<GuestRecord, 'useful' | 'elapsedMs' | 'borderFactor' | 'offeredPerSecond'>;

/**
 * One guest's useful I/O a second. In an open loop it is at most what the guest offers: fio makes up for what it could not
 * issue earlier (usec_for_io, fio backend.c), and what a slice owes to those before it says nothing of its arm.
 */
export function usefulRate({ useful, elapsedMs, borderFactor = 1, offeredPerSecond = Infinity }: Rated): number {
  return Math.min(offeredPerSecond, (useful * borderFactor * 1000) / elapsedMs);
}

/** The same, above zero also where it had none: for comparing single guests. */
export function guestGoodput(guest: Rated): number {
  return Math.max((leastUseful * 1000) / guest.elapsedMs, usefulRate(guest));
}

/** I/Os of a guest that ended one way or the other: those that failed are not among its `ios`. */
export function endedOf({ ios, ...guest }: Pick<GuestRecord, 'ios' | 'errors' | 'damaged'>): number {
  return ios + failedOf(guest);
}

/** I/Os that came back with an error, so that they have no latency. */
export function failedOf({ errors, damaged = 0 }: Pick<GuestRecord, 'errors' | 'damaged'>): number {
  return Math.max(0, errors - damaged);
}

/** Exact over all guests, because the histograms are added; null when one is missing or all are empty. */
export function latencyQuantiles(latencies: readonly (Histogram | undefined)[]): SliceRecord['latencyNs'] {
  const known = latencies.filter((one) => one !== undefined);
  const all = merged(known.length === latencies.length ? known : []);
  const [p50, p99] = [quantileOf(all, 0.5), quantileOf(all, 0.99)];
  return p50 === undefined || p99 === undefined ? null : { p50, p99 };
}
