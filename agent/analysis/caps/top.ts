// The deepest load that the load generator still serves: beyond it a limit is the generator's, not a layer's.

import { generatorElasticity } from './elasticity.ts';
import { mean } from '../../lib/numbers.ts';
import { lowMedian, pick, radiusOf, type Points } from './points.ts';
import { capsRules } from './rules.ts';

export interface Top {
  readonly depth: number;
  /** Goodput at which the generator or the CPU was seen to give up; undefined when it never did. */
  readonly saturation?: number;
}

/**
 * Starts at the design's depth and goes down until doubling the load of the bare delay line pays. The saturation that was
 * met says how far down to go at once: in flight = goodput * delay.
 *
 * @param isLast Nothing more will be measured: a lower load counts only once it can be read, and until then the one above
 *   it does, where the generator served that nearly.
 */
export function topOf(readings: Points, isLast = false): Top {
  const { guests, maxDepth, delayNs } = readings.design;
  let top: Top = { depth: maxDepth };
  while (top.depth > 1 && isOpen(readings, top.depth) === false) {
    const seen = pick(readings, { subject: 'nothing', delay: 'full', guests, depth: top.depth });
    const saturation = Math.exp(mean(seen.map((one) => one.log)));
    const served = (capsRules.generatorRoom * saturation * delayNs) / 1e9 / guests;
    const lower: Top = { depth: Math.min(top.depth / 2, Math.max(1, powerOfTwoBelow(served))), saturation };
    if (isLast && !isRead(readings, lower.depth) && isNearlyOpen(readings, top.depth)) break;
    top = lower;
  }
  return top;
}

/** Whether the load and half of it were measured. */
function isRead(readings: Points, depth: number): boolean {
  return depth <= 1 || generatorElasticity(readings, depth) !== undefined;
}

function isNearlyOpen(readings: Points, depth: number): boolean {
  return (generatorElasticity(readings, depth)?.estimate ?? 0) >= capsRules.openGenerator;
}

/**
 * Whether the generator serves `depth`; undefined when that is not measured, or not sure. The two loads stand in two
 * visits, between which the host may change: a load that seems not to be served must be seen in two of each.
 */
export function isOpen(readings: Points, depth: number): boolean | undefined {
  const elasticity = generatorElasticity(readings, depth);
  if (elasticity === undefined) return undefined;
  const { estimate, variance } = elasticity;
  const high = estimate + radiusOf(readings, variance);
  if (estimate >= capsRules.openGenerator && high >= capsRules.surelyOpenGenerator) return true;
  const { guests, delayNs } = readings.design;
  const seen = pick(readings, { subject: 'nothing', delay: 'full', guests, depth });
  // By Little's law, whatever the host was like at the other load.
  if ((Math.exp(lowMedian(seen)) * delayNs) / 1e9 >= capsRules.servedGenerator * guests * depth) return true;
  const visits = [depth, depth / 2].map(
    (at) =>
      new Set(pick(readings, { subject: 'nothing', delay: 'full', guests, depth: at }).map((one) => one.visit)).size,
  );
  return visits.every((count) => count >= 2) ? false : undefined;
}

/** The largest power of two that is at most `value`; below one for a value below one. */
export function powerOfTwoBelow(value: number): number {
  return 2 ** Math.floor(Math.log2(value) + 1e-9);
}
