// The curve of a cap, a hinge function fitted by least squares (segmented regression): what is in flight follows what is
// offered, up to the knee, and stays there.
//
//   level = offset + min(load, knee)        all in ln; the offset is the latency that the subject adds to the delay

import { mean, sum } from '../../lib/numbers.ts';

export interface HingePoint {
  /** ln offered. */
  readonly load: number;
  /** ln in flight. */
  readonly level: number;
  /** Known to lie below the knee whatever the knee is: it speaks of the offset only. */
  readonly free: boolean;
}

export interface Hinge {
  readonly offset: number;
  /** ln of the knee. */
  readonly knee: number;
  /** Root mean square of the residuals with two parameters taken off; zero with fewer than three points. */
  readonly residual: number;
}

/**
 * Least squares. Between two neighbouring loads the points above and below the knee do not change and the best knee is
 * the difference of two means, so one candidate for each gap holds the optimum. Undefined without a point below or at
 * the knee, or when a straight line fits as well: then there is no knee to see.
 */
export function fitHinge(points: readonly HingePoint[]): Hinge | undefined {
  const loads = [...new Set(points.filter((one) => !one.free).map((one) => one.load))].sort((a, b) => a - b);
  const candidates = [-Infinity, ...loads].flatMap((from, i) => {
    const to = loads[i] ?? Infinity;
    const below = points.filter((one) => one.free || one.load <= from);
    const above = points.filter((one) => !one.free && one.load > from);
    if (below.length === 0 || above.length === 0) return [];
    const offset = mean(below.map((one) => one.level - one.load));
    const knee = clamp(mean(above.map((one) => one.level)) - offset, from, to);
    return [hingeAt(points, knee)];
  });
  const best = candidates.reduce<Hinge | undefined>((a, b) => (a && a.residual <= b.residual ? a : b), undefined);
  const straight = hingeAt(points, Infinity);
  return best && best.residual < straight.residual ? best : undefined;
}

/** The knee of points that share the offset of another curve; undefined of none. */
export function kneeGiven(offset: number, points: readonly HingePoint[]): number | undefined {
  if (points.length === 0) return undefined;
  const squares = (knee: number): number =>
    sum(points.map((one) => (one.level - offset - Math.min(one.load, knee)) ** 2));
  const loads = [...new Set(points.map((one) => one.load))].sort((a, b) => a - b);
  const knees = loads.map((from, i) => {
    const above = points.filter((one) => one.load >= from).map((one) => one.level - offset);
    return clamp(mean(above), loads[i - 1] ?? -Infinity, from);
  });
  return knees.reduce((a, b) => (squares(b) < squares(a) ? b : a));
}

function hingeAt(points: readonly HingePoint[], knee: number): Hinge {
  const raw = points.map((one) => one.level - (one.free ? one.load : Math.min(one.load, knee)));
  const offset = mean(raw);
  const squares = sum(raw.map((value) => (value - offset) ** 2));
  return { offset, knee, residual: Math.sqrt(squares / Math.max(1, points.length - 2)) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
