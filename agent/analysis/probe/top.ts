// The deepest load that the load generator still serves: beyond it a limit is the generator's, not a layer's.

import { generatorElasticity, type Elasticity } from './elasticity.ts';
import { mean } from '../../lib/numbers.ts';
import { pick, radiusOf, type Readings } from './readings.ts';
import { probeRules } from './rules.ts';

export interface Top {
  readonly depth: number;
  /** Goodput at which the generator or the CPU was seen to give up; undefined when it never did. */
  readonly ceiling?: number;
}

/**
 * Starts at the design's depth and goes down until doubling the load of the bare delay line pays. The ceiling that was
 * met says how far down to go at once: in flight = goodput * delay.
 */
export function topOf(readings: Readings): Top {
  const { guests, maxDepth, delayNs } = readings.design;
  let [top, ceiling]: [number, number | undefined] = [maxDepth, undefined];
  while (top > 1) {
    const elasticity = generatorElasticity(readings, top);
    if (elasticity === undefined || isOpen(readings, elasticity)) break;
    const seen = pick(readings, { subject: 'nothing', delay: 'full', guests, depth: top });
    ceiling = Math.exp(mean(seen.map((one) => one.log)));
    const served = (probeRules.generatorRoom * ceiling * delayNs) / 1e9 / guests;
    top = Math.min(top / 2, Math.max(1, powerOfTwoBelow(served)));
  }
  return ceiling === undefined ? { depth: top } : { depth: top, ceiling };
}

function isOpen(readings: Readings, { estimate, variance }: Elasticity): boolean {
  const high = estimate + radiusOf(readings, variance);
  return estimate >= probeRules.openGenerator && high >= probeRules.surelyOpenGenerator;
}

/** The largest power of two that is at most `value`; below one for a value below one. */
export function powerOfTwoBelow(value: number): number {
  return 2 ** Math.floor(Math.log2(value) + 1e-9);
}
