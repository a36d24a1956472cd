// From the pilot's switches to the one settle time of a run: the same for every arm, whatever the arm would need.

import type { Layer } from '../../lib/layer.ts';
import { fitRelaxation, type Relaxation } from './relaxation.ts';
import type { Completions } from './series.ts';

/** One switch of the pilot: a layer from its deployed form to its stub, or back. */
export interface Leg {
  readonly layer: Layer;
  readonly to: 'stub' | 'deployed';
  readonly completions: Completions;
}

/** The switch that took longest to settle. */
export interface Slowest extends Relaxation {
  readonly layer: Layer;
  readonly to: Leg['to'];
}

export type Settle =
  | {
      readonly kind: 'settled';
      readonly settleMs: number;
      /** Undefined: no switch was followed by a transient. */
      readonly slowest?: Slowest;
      /** Layers whose switches gave too few readings to tell. */
      readonly blind: readonly Layer[];
    }
  | { readonly kind: 'refused'; readonly needMs: number; readonly slowest: Slowest };

export const settleRules = {
  /** exp(-4) = 1.8 % of the transient is left when measuring begins. */
  timeConstants: 4,
  leastMs: 500,
  mostMs: 3000,
  /** Where a layer's switches cannot be read, and before a pilot. */
  assumedMs: 1000,
} as const;

/**
 * The settle time that every switch of `legs` has had its transient in; refused when that is more than a slice bears. Of the
 * same switch made more than once the quickest counts: what is seen once only was something else on the host.
 */
export function settleOf(legs: readonly Leg[]): Settle {
  const fits = legs.map(({ layer, to, completions }) => ({ layer, to, fit: fitRelaxation(completions) }));
  const blind = [...new Set(fits.filter(({ fit }) => fit === undefined).map(({ layer }) => layer))];
  const seen = fits.flatMap(({ layer, to, fit }): readonly Slowest[] => (fit ? [{ layer, to, ...fit }] : []));
  const slowest = quickestOfEach(seen)
    .filter((one) => needOf(one) > 0)
    .sort((a, b) => needOf(b) - needOf(a))[0];
  const needMs = slowest ? needOf(slowest) : 0;
  if (slowest && needMs > settleRules.mostMs) return { kind: 'refused', needMs, slowest };
  const leastMs = blind.length > 0 ? settleRules.assumedMs : settleRules.leastMs;
  return { kind: 'settled', settleMs: Math.max(leastMs, needMs), ...(slowest ? { slowest } : {}), blind };
}

/** Whole milliseconds from the end of the switch. */
function needOf({ deadMs, tauMs }: Relaxation): number {
  return Math.ceil(deadMs + settleRules.timeConstants * tauMs);
}

function quickestOfEach(seen: readonly Slowest[]): readonly Slowest[] {
  const best = new Map<string, Slowest>();
  for (const one of seen) {
    const key = `${one.layer} ${one.to}`;
    const before = best.get(key);
    if (!before || needOf(one) < needOf(before)) best.set(key, one);
  }
  return [...best.values()];
}
