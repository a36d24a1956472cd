// Estimates how much the guests slow one another down in sum: each alone against all together, and the aggregate against
// their number.

import { asRatio } from '../verdict/claims.ts';
import { sum } from '../../lib/numbers.ts';
import { baselineId } from '../../lib/arm.ts';
import { boundsOf, liftOf } from '../fit/contrast.ts';
import { fit } from '../fit/estimate.ts';
import { everyGuest, firstGuests, guestCounts, guestLevel, type NeighboursDesign } from './design.ts';
import type { GuestSlowdown, NeighboursSummary, ScalePoint } from './findings.ts';
import { asArms, setId, totalOf, type Seen } from './observation.ts';

/** One row a guest; each guest's own goodput is fitted over all slices in which it ran. */
export function slowdowns(design: NeighboursDesign, seen: readonly Seen[]): readonly GuestSlowdown[] {
  return everyGuest(design).map((guest) => {
    const alone = setId([guest], design);
    const own = (one: Seen): number => one.goodput.get(guest) ?? NaN;
    const ran = seen.filter(({ goodput }) => goodput.has(guest));
    const found = boundsOf(fit(asArms(ran, own)), liftOf(alone), guestLevel(design));
    return {
      guest,
      alone: meanOver(ran, alone, own),
      together: meanOver(ran, baselineId, own),
      slowdown: found ? asRatio(found) : null,
    };
  });
}

/** Null before any slowdown could be estimated. */
export function summaryOf(guests: readonly GuestSlowdown[]): NeighboursSummary | null {
  const known = guests.flatMap(({ guest, slowdown }) => (slowdown ? [{ guest, slowdown: slowdown.estimate }] : []));
  const [first, ...others] = known;
  if (!first) return null;
  const kept = known.map(({ slowdown }) => 1 / slowdown);
  return {
    guests: known.length,
    worst: others.reduce((worst, one) => (one.slowdown > worst.slowdown ? one : worst), first),
    meanSlowdown: Math.exp(sum(known.map(({ slowdown }) => Math.log(slowdown))) / known.length),
    fairness: sum(kept) ** 2 / (known.length * sum(kept.map((x) => x ** 2))),
    throughput: sum(kept),
    turnaround: sum(known.map(({ slowdown }) => slowdown)) / known.length,
  };
}

/** The aggregate of the first 1, 2, 4, ... guests, as far as measured. */
export function scalingOf(design: NeighboursDesign, seen: readonly Seen[]): readonly ScalePoint[] {
  const sets = guestCounts(design).map((guests) => ({ guests, set: setId(firstGuests(guests), design) }));
  const used = seen.filter(({ set }) => sets.some((one) => one.set === set));
  const all = used.filter(({ set }) => set === baselineId);
  if (all.length === 0) return [];
  const level = sum(all.map((one) => Math.log(totalOf(one)))) / all.length;
  const { effects } = fit(asArms(used, totalOf));
  const points = sets.flatMap(({ guests, set }) => {
    const effect = set === baselineId ? 0 : effects.get(set);
    return effect === undefined ? [] : [{ guests, goodput: Math.exp(level + effect) }];
  });
  const single = points.find(({ guests }) => guests === 1)?.goodput;
  return points.map((point) => ({
    ...point,
    efficiency: single === undefined || design.mixed ? null : point.goodput / (point.guests * single),
  }));
}

function meanOver(seen: readonly Seen[], set: string, value: (one: Seen) => number): number | null {
  const values = seen.filter((one) => one.set === set).map(value);
  return values.length > 0 ? sum(values) / values.length : null;
}
