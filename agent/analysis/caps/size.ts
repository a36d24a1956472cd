// How large a cap is, and whether the guests share it.

import { fitHinge, kneeGiven, type HingePoint } from './hinge.ts';
import type { TwoSided } from './limit.ts';
import type { Nature } from './nature.ts';
import { levelVariance, pick, radiusOf, type PointReading, type Points } from './points.ts';
import { capsRules } from './rules.ts';

export interface Size {
  /** In flight over all guests. */
  readonly size: TwoSided;
  /** Half of the interval's width, in ln; not yet checked against `capsRules.widest`. */
  readonly radius: number;
  readonly scope: 'host-wide' | 'per-guest' | 'unknown';
  readonly perGuest?: TwoSided;
  /** The part of the variance that more points below, or above, the knee would lower. */
  readonly variance: { readonly below: number; readonly above: number };
}

/** The part of the guests that runs in the test of scope: half of them, rounded down; 0 for a single guest. */
export function fewerGuests(readings: Points): number {
  return Math.floor(readings.design.guests / 2);
}

/** Undefined when no knee is seen, or one that is nowhere near what is in flight at the top: then the curve is no hinge. */
export function sizeOf(readings: Points, nature: Nature): Size | undefined {
  const full = pick(readings, { subject: nature.subject, delay: 'full' });
  const all = full.filter((one) => one.guests === readings.design.guests);
  const free = full.filter((one) => one.guests !== readings.design.guests && isSurelyBelow(readings, nature, one));
  const hinge = fitHinge([...all.map((one) => hingePoint(one, false)), ...free.map((one) => hingePoint(one, true))]);
  if (!hinge || Math.abs(hinge.knee - Math.log(nature.knee)) > capsRules.near) return undefined;
  const below = [...all.filter((one) => one.load <= hinge.knee), ...free];
  const above = all.filter((one) => one.load > hinge.knee);
  if (below.length === 0 || above.length === 0) return undefined;
  const variance = { below: levelVariance(readings, below), above: levelVariance(readings, above) };
  const radius = Math.max(radiusOf(readings, variance.below + variance.above, hinge.residual), capsRules.narrowest);
  const size = around(hinge.knee, radius);
  const scope = scopeOf(readings, nature, hinge);
  return {
    size,
    radius,
    variance,
    scope,
    ...(scope === 'per-guest' ? { perGuest: divided(size, readings.design.guests) } : {}),
  };
}

/**
 * Below the knee whichever way the cap is shared. One guest at depth one, or so few that a shared cap has a place for
 * each, are below or at it.
 */
export function isSurelyBelow(
  readings: Points,
  { knee }: Nature,
  { guests, depth }: Pick<PointReading, 'guests' | 'depth'>,
): boolean {
  if (depth === 1 && (guests === 1 || guests <= capsRules.above * knee)) return true;
  return guests * depth * capsRules.surelyBelow <= (knee * guests) / readings.design.guests;
}

/** Fewer guests reach the same cap if they share it, and a smaller one in proportion if each has its own. */
function scopeOf(
  readings: Points,
  nature: Nature,
  hinge: { readonly offset: number; readonly knee: number },
): Size['scope'] {
  const guests = fewerGuests(readings);
  if (guests === 0) return 'unknown';
  const own = Math.log(guests / readings.design.guests);
  const few = pick(readings, { subject: nature.subject, delay: 'full', guests });
  const telling = few.filter((one) => one.load > hinge.knee + own + capsRules.alike);
  const seen = kneeGiven(
    hinge.offset,
    telling.map((one) => hingePoint(one, false)),
  );
  if (seen === undefined) return 'unknown';
  const most = Math.max(...telling.map((one) => one.load));
  const [hostWide, perGuest] = [Math.min(hinge.knee, most), hinge.knee + own];
  const radius = radiusOf(readings, levelVariance(readings, telling));
  const middle = (hostWide + perGuest) / 2;
  if (seen - radius > middle) return 'host-wide';
  return seen + radius < middle ? 'per-guest' : 'unknown';
}

function hingePoint(one: PointReading, free: boolean): HingePoint {
  return { load: one.load, level: one.level ?? NaN, free };
}

/** The interval of an estimate from its ln and the half-width of that. */
export function around(log: number, radius: number): TwoSided {
  return { estimate: Math.exp(log), low: Math.exp(log - radius), high: Math.exp(log + radius) };
}

function divided({ estimate, low, high }: TwoSided, by: number): TwoSided {
  return { estimate: estimate / by, low: low / by, high: high / by };
}
