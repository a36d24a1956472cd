// Tells the kind of limit that a subject shows at the top of the load, before any size is asked for.

import { mean } from '../../lib/numbers.ts';
import { delayElasticity, loadElasticity, type Elasticity } from './elasticity.ts';
import { levelVariance, meanLevel, pick, radiusOf, type Points } from './points.ts';
import { capsRules } from './rules.ts';
import type { Top } from './top.ts';
import type { Subject } from './design.ts';

export interface Nature {
  readonly subject: Subject;
  readonly kind:
    /** Nothing measured at the top yet. */
    | 'unseen'
    /** Not short of the bare delay line, so half the load was never asked for. */
    | 'level'
    /** Short of it; half the load is not measured yet. */
    | 'short'
    /** Too noisy to tell whether goodput rises with the load. */
    | 'blurred'
    /** Goodput still rises with the load. */
    | 'rising'
    /** Limited; not yet known, or not clearly enough, how the delay counts. */
    | 'limited'
    | 'cap'
    | 'rate'
    /** Limited, and a shorter delay helps too little for a cap and too much for a rate. */
    | 'mixed';
  /** ln of the shortfall against the bare delay line at the top, and how it differs from that at half the load. */
  readonly shortfall: number;
  /** First guess of the knee: what is in flight at the top, over all guests. */
  readonly knee: number;
  readonly load?: Elasticity;
  readonly delay?: Elasticity;
}

export function natureOf(readings: Points, top: Top, subject: Subject): Nature {
  const { guests } = readings.design;
  const seen = pick(readings, { subject, delay: 'full', guests, depth: top.depth });
  if (seen.length === 0) return { subject, kind: 'unseen', shortfall: 0, knee: NaN };
  const knee = Math.exp(meanLevel(seen));
  const shortfall = Math.log(guests * top.depth) - meanLevel(seen);
  const load = loadElasticity(readings, subject, top.depth);
  if (load === undefined) {
    const level = subject !== 'stack' && subject !== 'media' && shortfall < capsRules.short;
    return { subject, kind: level ? 'level' : 'short', shortfall, knee };
  }
  const radius = radiusOf(readings, load.variance);
  const fine = subject === 'media' ? 0 : capsRules.clearLoad;
  const blurred = radius > fine && Math.abs(load.estimate - capsRules.openLoad) < radius;
  if (blurred) return { subject, kind: 'blurred', shortfall, knee, load };
  // The levels are relative to the bare delay line, whose goodput doubles with the load.
  if (load.estimate > capsRules.openLoad) return { subject, kind: 'rising', shortfall, knee, load };
  const delay = delayElasticity(readings, subject, capsRules.above * knee);
  if (delay === undefined) return { subject, kind: 'limited', shortfall, knee, load };
  return { subject, kind: byDelay(readings, delay), shortfall, knee, load, delay };
}

function byDelay(readings: Points, delay: Elasticity): Nature['kind'] {
  const radius = radiusOf(readings, delay.variance);
  if (delay.estimate + radius < capsRules.between && delay.estimate <= -capsRules.cap) return 'cap';
  if (delay.estimate - radius > capsRules.between && delay.estimate >= -capsRules.rate) return 'rate';
  return 'mixed';
}

/** Mean ln of what it holds in flight above what is offered (negative: short), at the deepest load that is not limited. */
export function unsaturated(
  readings: Points,
  top: Top,
  nature: Nature,
): { readonly shift: number; readonly radius: number; readonly depth: number } {
  const { guests } = readings.design;
  // A knee between half the load and the top bends the curve; then only half of it is free of the limit.
  const bends = nature.load !== undefined && (1 - nature.load.estimate) * Math.LN2 > capsRules.bend;
  const depths = bends ? [top.depth / 2] : [top.depth, top.depth / 2];
  const seen = depths.flatMap((depth) => pick(readings, { subject: nature.subject, delay: 'full', guests, depth }));
  return {
    shift: mean(seen.map((one) => (one.level ?? NaN) - one.load)),
    radius: radiusOf(readings, levelVariance(readings, seen)),
    depth: depths[0] ?? top.depth,
  };
}
