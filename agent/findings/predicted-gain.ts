// What a run promises of a knob that is turned: its layer's lift, as far as the knob then lets the guests' I/Os through (pure).

import type { Limit, TwoSided } from '../analysis/caps/limit.ts';
import type { Lift } from '../analysis/verdict/verdict.ts';
import { sum } from '../lib/numbers.ts';

export interface KnobTurned {
  /** Goodput with the knob's layer stubbed, over goodput as deployed. */
  readonly lift: Lift;
  /** The cap that the knob makes. */
  readonly cap: Extract<Limit, { kind: 'cap' }>;
  /** I/Os in flight that all places of the knob let through now, and once it is turned; Infinity: all that come. */
  readonly now: number;
  readonly then: number;
  /** I/Os in flight that each guest asks for. */
  readonly depths: readonly number[];
  /** I/Os in flight, over all guests, that each layer above the knob's lets through. */
  readonly above: readonly number[];
}

/**
 * The gain of a closed load over a cap of K I/Os in flight. Little's law (J. D. C. Little, A Proof for the Queuing Formula
 * L = lambda W, 1961): goodput is K / W, W being the time below the cap. Let K' through, and as long as W stays it is
 * K' / W: it grows by K' / K, and no further than the guests, or a cap above, have I/Os for. W grows where something
 * beneath is full; but with the layer taken out nothing of it held the rest back, and so its lift bounds the gain.
 * `now` and `then` are for each guest where the cap is. The bounds come from the size of the cap as it was measured.
 */
export function predictedGain({ lift, cap, now, then, depths, above }: KnobTurned): Lift {
  const each = cap.perGuest ?? (cap.scope === 'unknown' ? ofEach(cap.size, now, depths.length) : undefined);
  const reached = (limit: number): number =>
    each ? sum(depths.map((depth) => Math.min(depth, limit))) : Math.min(sum(depths), limit);
  const most = Math.min(...above, Infinity);
  const after = Math.min(reached(then), Math.max(most, reached(now)));
  const ratio = (size: number): number => after / reached(size);
  const { low, high } = each ?? cap.size;
  const byCap = { estimate: ratio(now), low: ratio(Math.max(high, now)), high: ratio(Math.min(low, now)) };
  const bound = (by: keyof Lift): number => Math.min(lift[by], byCap[by]);
  return { estimate: bound('estimate'), low: bound('low'), high: bound('high') };
}

/** A cap of unknown scope, as that of each guest: if that fits the knob better than the whole does. */
function ofEach(size: TwoSided, now: number, guests: number): TwoSided | undefined {
  const off = (limit: number): number => Math.abs(Math.log(size.estimate / limit));
  if (off(now * guests) >= off(now)) return undefined;
  return { estimate: size.estimate / guests, low: size.low / guests, high: size.high / guests };
}
