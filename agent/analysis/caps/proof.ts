// That a subject has no limit up to some load is a claim, and wants a proof: that little was proven against it is none.
//
// Two measures must agree, as a disturbance of the reference alone, or of the subject alone, moves only one of them:
//   in flight by the visit's bare delay line, and in flight by Little's law, goodput * delay, where no I/O can be counted
//   that was not there. A median stands in for the mean in the second, so that one point out of line decides nothing.

import { mean } from '../../lib/numbers.ts';
import type { Subject } from './design.ts';
import { delayElasticity } from './elasticity.ts';
import type { Nature } from './nature.ts';
import {
  highMedian,
  levelVariance,
  lowMedian,
  meanLevel,
  pick,
  radiusOf,
  type PointReading,
  type Points,
} from './points.ts';
import { capsRules } from './rules.ts';
import type { Top } from './top.ts';

export interface Through {
  /** In flight over all guests, at least, with `alpha` of the design; at most what is offered. */
  readonly inFlight: number;
  /** As shares of what is offered: by the bare delay line, and by Little's law. */
  readonly relative: number;
  readonly absolute: number;
  /** Whether a deeper load shows it far behind the bare delay line there, or to hold less than is offered here. */
  readonly isBehind: boolean;
}

/**
 * The least that `subject` has in flight at `depth`. Deeper loads must agree: what is in flight does not get less as more
 * is offered, and what falls far behind the bare delay line there, though that is the generator's limit, has one of its own.
 */
export function throughAt(
  readings: Points,
  deeper: readonly PointReading[],
  { subject, depth }: { readonly subject: Subject; readonly depth: number },
): Through {
  const { guests, delayNs } = readings.design;
  const seen = pick(readings, { subject, delay: 'full', guests, depth });
  if (seen.length === 0) return { inFlight: 0, relative: 0, absolute: 0, isBehind: false };
  const beyond = deeper.filter(
    (one) => one.subject === subject && one.delay === 'full' && one.guests === guests && one.depth > depth,
  );
  const groups = [...new Set(beyond.map((one) => one.depth))].map((at) => beyond.filter((one) => one.depth === at));
  const offered = guests * depth;
  const absoluteOf = (group: readonly PointReading[]): number => (Math.exp(lowMedian(group)) * delayNs) / 1e9 / offered;
  const absolute = Math.min(...[seen, ...groups].map(absoluteOf));
  const isBehind = groups.some((group) => {
    const shares = group.flatMap((one) => (one.level === undefined ? [] : [one.level - one.load]));
    return Math.exp(mean(shares)) < capsRules.behind || absoluteOf(group) < capsRules.fullBelow;
  });
  const relative = Math.exp(meanLevel(seen) - radiusOf(readings, levelVariance(readings, seen))) / offered;
  const least = Math.min(relative, absolute);
  return { inFlight: least >= Math.exp(-capsRules.short) ? offered : least * offered, relative, absolute, isBehind };
}

/**
 * Whether it is sure that no limit cuts `nature` at `depth`: nearly all that is offered is in flight, or goodput rises
 * with the load. A limit makes it rise not at all; latency alone, however much, in step. The less is in flight, the more
 * must say so.
 */
export function isSurelyOpen(
  readings: Points,
  deeper: readonly PointReading[],
  { top, nature, depth }: { readonly top: Top; readonly nature: Nature; readonly depth: number },
): boolean {
  const { subject } = nature;
  const { relative, absolute, isBehind } = throughAt(readings, deeper, { subject, depth });
  if (!isBehind) {
    // Half of the top is judged where the curve bends above it: the limit is near, and little would make it look farther.
    if (depth < top.depth && Math.min(relative, absolute) >= capsRules.fullBelow) return true;
    if (depth === top.depth && relative >= capsRules.full && absolute >= capsRules.half) return true;
    const most = throughAt(readings, deeper, { subject, depth: top.depth });
    const share = Math.min(most.relative, most.absolute);
    // Where it may be the noise that lowered the top, that is too little.
    if (share >= capsRules.half && deeper.length === 0) return surelyRises(readings, top, nature, 1);
  }
  return surelyRises(readings, top, nature, capsRules.eachSide) && surelyNoCap(readings, top, nature);
}

/** A latency of more than the delay makes little of half the delay; a cap lets twice as much through. */
function surelyNoCap(readings: Points, top: Top, { subject }: Nature): boolean {
  const delay = delayElasticity(readings, subject, readings.design.guests * top.depth);
  return delay !== undefined && delay.estimate - radiusOf(readings, delay.variance) > -capsRules.cap;
}

/** `least`: points at either load. */
function surelyRises(readings: Points, top: Top, { subject, load }: Nature, least: number): boolean {
  if (!load || load.estimate - radiusOf(readings, load.variance) <= capsRules.openLoad) return false;
  const { guests } = readings.design;
  const [whole = [], half = []] = [top.depth, top.depth / 2].map((depth) =>
    pick(readings, { subject, delay: 'full', guests, depth }),
  );
  if (Math.min(whole.length, half.length) < least) return false;
  return (lowMedian(whole) - highMedian(half)) / Math.LN2 > capsRules.openLoad;
}
