// Observations made comparable: goodput relative to that of the bare delay line in the same visit.
//
// A host drifts between visits by more than within one, so only what stands in one visit is compared directly. With all
// layers stubbed, in flight = goodput * delay; so a subject's goodput over that reference, times what the reference had
// in flight, is what the subject has in flight (`level`), whatever the host's speed in that visit.

import { mean, sum } from '../../lib/numbers.ts';
import { tQuantile } from '../fit/quantile.ts';
import { checkCapsObservations, type CapsDesign, type CapsObservation, type Subject } from './design.ts';

export interface PointReading extends CapsObservation {
  /** ln of what is offered in flight over all running guests. */
  readonly load: number;
  /** ln goodput. */
  readonly log: number;
  /** ln of what is in flight by the measure of the visit's reference; undefined in a visit without one. */
  readonly level: number | undefined;
}

export interface Points {
  readonly design: CapsDesign;
  readonly all: readonly PointReading[];
  /** How many reference readings each visit has. */
  readonly references: ReadonlyMap<number, number>;
  /** Residual standard deviation of ln goodput of one point; undefined without `degrees`. */
  readonly sigma: number | undefined;
  readonly degrees: number;
}

/** Which readings; what is left out may be anything. */
export interface Wanted {
  readonly subject: Subject;
  readonly delay?: 'full' | 'half';
  readonly guests?: number;
  readonly depth?: number;
}

/** @throws ProfileError when an observation is unusable. */
export function readingsOf(design: CapsDesign, observations: readonly CapsObservation[]): Points {
  const sorted = checkCapsObservations(observations);
  const reference = new Map<number, number[]>();
  for (const seen of sorted) {
    if (!isReference(design, seen)) continue;
    reference.set(seen.visit, [
      ...(reference.get(seen.visit) ?? []),
      Math.log(seen.goodput / (seen.guests * seen.depth)),
    ]);
  }
  const all = sorted.map((seen) => {
    const logs = reference.get(seen.visit);
    const log = Math.log(seen.goodput);
    return { ...seen, log, load: Math.log(seen.guests * seen.depth), level: logs && log - mean(logs) };
  });
  const references = new Map([...reference].map(([visit, logs]) => [visit, logs.length]));
  return { design, all, references, ...scatter(all) };
}

export function isReference(design: CapsDesign, point: { subject: Subject; delay: string; guests: number }): boolean {
  return point.subject === 'nothing' && point.delay === 'full' && point.guests === design.guests;
}

/** The readings that have a level and match. */
export function pick({ all }: Points, wanted: Wanted): readonly PointReading[] {
  return all.filter(
    (one) =>
      one.level !== undefined &&
      one.subject === wanted.subject &&
      one.delay === (wanted.delay ?? one.delay) &&
      one.guests === (wanted.guests ?? one.guests) &&
      one.depth === (wanted.depth ?? one.depth),
  );
}

/** Mean of ln in flight; NaN of none. */
export function meanLevel(readings: readonly PointReading[]): number {
  return mean(readings.map((one) => one.level ?? NaN));
}

/** ln goodput; of an even number the lower of the two in the middle. */
export function lowMedian(some: readonly PointReading[]): number {
  return sortedLogs(some)[Math.floor((some.length - 1) / 2)] ?? NaN;
}

/** As `lowMedian`, the higher of the two. */
export function highMedian(some: readonly PointReading[]): number {
  return sortedLogs(some)[Math.floor(some.length / 2)] ?? NaN;
}

function sortedLogs(some: readonly PointReading[]): readonly number[] {
  return some.map(({ log }) => log).sort((a, b) => a - b);
}

/** Variance of `meanLevel` in units of the residual variance: the readings' own, and that of their visits' references. */
export function levelVariance({ references }: Points, some: readonly PointReading[]): number {
  const byVisit = new Map<number, number>();
  for (const { visit } of some) byVisit.set(visit, (byVisit.get(visit) ?? 0) + 1);
  const shared = [...byVisit].map(([visit, count]) => (count / some.length) ** 2 / (references.get(visit) ?? 1));
  return 1 / some.length + sum(shared);
}

/**
 * Half-width of the two-sided interval of an estimate with `variance` residual variances; infinite when unknown.
 * `leastSigma`: what a fitted curve leaves unexplained, where that is more than the scatter of equal points.
 */
export function radiusOf({ sigma, degrees, design }: Points, variance: number, leastSigma = 0): number {
  if (sigma === undefined) return Infinity;
  return tQuantile(1 - design.alpha / 2, degrees) * Math.max(sigma, leastSigma) * Math.sqrt(variance);
}

/** Pooled over all cells of equal points in one visit, so that no model of the limits is needed for it. */
function scatter(all: readonly PointReading[]): { sigma: number | undefined; degrees: number } {
  const cells = new Map<string, number[]>();
  for (const { visit, depth, subject, delay, guests, log } of all) {
    const key = [visit, depth, subject, delay, guests].join(' ');
    cells.set(key, [...(cells.get(key) ?? []), log]);
  }
  const degrees = all.length - cells.size;
  const squares = [...cells.values()].map((logs) => sum(logs.map((log) => (log - mean(logs)) ** 2)));
  return { sigma: degrees > 0 ? Math.sqrt(sum(squares) / degrees) : undefined, degrees };
}
