// What of a slice's I/O was useful: the rule behind every goodput (pure).

import { sum } from '../lib/numbers.ts';
import { LoadError } from '../lib/errors.ts';
import type { Work } from '../load/fio-output.ts';
import { countWithin, type Histogram, merged, quantileOf } from '../load/histogram.ts';
import type { SliceRecord } from './record.ts';

type GuestRecord = SliceRecord['guests'][number];

/**
 * The useful I/Os of a window are taken as this many at least: none has no logarithm, in which everything is compared. Half
 * an I/O is the usual stand-in for a count of zero: less than any count that was seen, and more than nothing.
 */
const leastUseful = 0.5;

/**
 * One guest's part of a slice. An I/O is useful when it ends without error and, with an objective, within it.
 *
 * @throws LoadError when fio gave no histogram to judge an objective by.
 */
export function guestRecord(guest: number, work: Work, objectiveNs: number | null): GuestRecord {
  const { elapsedMs, ios, bytes, errors, meanLatencyNs, latencies } = work;
  const within = objectiveNs === null ? ios : withinObjective(guest, latencies, objectiveNs);
  // An error may have been quick: within or not, it is none of the useful.
  const useful = Math.max(0, Math.min(within, ios) - errors);
  return { guest, elapsedMs, ios, bytes, errors, meanLatencyNs, useful, objectiveNs };
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
  /** Doubts, as sentences. */
  readonly caveats: readonly string[];
}

export function goodputOf(guests: readonly GuestRecord[]): Goodput {
  const [ios, useful] = [sum(guests.map((guest) => guest.ios)), sum(guests.map((guest) => guest.useful))];
  const completed = guests.some((guest) => guest.ios > guest.errors);
  const hasObjective = guests.some(({ objectiveNs }) => objectiveNs !== null);
  const attainment = hasObjective && ios > 0 ? Math.min(1, useful / ios) : null;
  if (useful >= leastUseful || !completed) {
    return { goodput: sum(guests.map((guest) => (guest.useful * 1000) / guest.elapsedMs)), attainment, caveats: [] };
  }
  const longestMs = Math.max(...guests.map(({ elapsedMs }) => elapsedMs));
  return {
    goodput: (leastUseful * 1000) / longestMs,
    attainment,
    caveats: ['no I/O was within its objective: goodput is taken as half an I/O in the whole slice, lifts are rough'],
  };
}

/** One guest's useful I/O a second, above zero also where it had none: for comparing single guests. */
export function guestGoodput({ useful, elapsedMs }: Pick<GuestRecord, 'useful' | 'elapsedMs'>): number {
  return (Math.max(leastUseful, useful) * 1000) / elapsedMs;
}

/** Exact over all guests, because the histograms are added; null when one is missing or all are empty. */
export function latencyQuantiles(latencies: readonly (Histogram | undefined)[]): SliceRecord['latencyNs'] {
  const known = latencies.filter((one) => one !== undefined);
  const all = merged(known.length === latencies.length ? known : []);
  const [p50, p99] = [quantileOf(all, 0.5), quantileOf(all, 0.99)];
  return p50 === undefined || p99 === undefined ? null : { p50, p99 };
}
