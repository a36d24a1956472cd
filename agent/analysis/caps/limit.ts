// Findings of the cap probe: the limit of the stack, and of each layer alone, over a fixed delay.

import type { Layer } from '../../lib/layer.ts';

/** An estimate with the bounds that the truth lies between, save with the design's `alpha`. */
export interface TwoSided {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * `load` and `delay` are the elasticities of goodput: by how much of a doubling it rises when the load doubles (1: in
 * step, 0: not at all) and when the delay doubles (0: not at all, -1: it halves). They are absent where they were not
 * measured because nothing called for it.
 */
export type Limit =
  /** So many I/Os are in the layer at a time and no more. */
  | {
      readonly kind: 'cap';
      /** I/Os in flight over all guests together. */
      readonly size: TwoSided;
      /** Whether the guests share the places or have as many each. */
      readonly scope: 'host-wide' | 'per-guest' | 'unknown';
      /** I/Os in flight of one guest, where the cap is per guest. */
      readonly perGuest?: TwoSided;
      readonly load: number;
      readonly delay: number;
    }
  /** So many I/Os a second and no more, however long they take. */
  | { readonly kind: 'rate'; readonly perSecond: TwoSided; readonly load: number; readonly delay: number }
  /** No limit, but each I/O takes longer: `addedNs` beyond what it takes with all layers stubbed. */
  | { readonly kind: 'latency'; readonly addedNs: number; readonly load?: number; readonly delay?: number }
  /** No limit up to so many in flight over all guests. */
  | { readonly kind: 'open'; readonly upTo: number; readonly load?: number; readonly delay?: number }
  /** The media alone: a cap or a rate, which cannot be told apart as nothing lies beneath. */
  | { readonly kind: 'saturated'; readonly perSecond: TwoSided; readonly load: number }
  /** Cannot tell, where no limit was seen up to `upTo` in flight over all guests. */
  | { readonly kind: 'unclear'; readonly why: LimitUnknown; readonly upTo?: number };

/** Why a limit cannot be told. `knee`: I/Os in flight over all guests beyond which goodput no longer rises in step. */
export type LimitUnknown =
  /** The load generator limits even with every layer stubbed and the least load. */
  | { readonly kind: 'generator-limits' }
  | { readonly kind: 'not-measured' }
  /** The time of the run sufficed for the layers that the verdict names, and no more. */
  | { readonly kind: 'short-of-time' }
  | { readonly kind: 'two-loads-missing' }
  /** Goodput falls short of that with every layer stubbed, and half the load was not measured. */
  | { readonly kind: 'half-load-missing' }
  | { readonly kind: 'half-delay-missing'; readonly knee: number }
  | { readonly kind: 'noise-hides-rise' }
  /** The noise hides whether all that was offered was in flight. */
  | { readonly kind: 'noise-hides-flight' }
  /** `gain`: what half the delay adds to goodput, as a share; 1 of a cap, 0 of a rate. */
  | { readonly kind: 'cap-or-rate'; readonly knee: number; readonly gain: number }
  /** Only the `sized` lowest caps are sized. */
  | { readonly kind: 'not-sized'; readonly knee: number; readonly sized: number }
  | { readonly kind: 'no-load-below'; readonly knee: number }
  /** A cap of this size; `range` is left out where the noise leaves anything. */
  | {
      readonly kind: 'bounds-too-wide';
      readonly estimate: number;
      readonly range?: { readonly low: number; readonly high: number };
    }
  /** At the probe's load at most so many I/Os a second pass, which are fewer than passed as deployed: not what holds the host back. */
  | { readonly kind: 'below-deployed'; readonly perSecond: number; readonly deployed: number }
  /** The media keeps up with all that the load generator can offer. */
  | { readonly kind: 'media-keeps-up' };

export interface LayerLimit {
  readonly layer: Layer;
  readonly limit: Limit;
  /** The delay that it was found over, where a longer one was needed than the probe's first. */
  readonly overNs?: number;
}

export interface CapsFindings {
  readonly delayNs: number;
  /** The most in flight, over all guests, that was offered and that the load generator still served with all layers stubbed. */
  readonly offered: number;
  readonly stack: Limit;
  /** As `overNs` of a layer. */
  readonly stackOverNs?: number;
  /** One for each layer that was compared, the media among them where it was asked for; bottom to top. */
  readonly layers: readonly LayerLimit[];
  /** Points measured. */
  readonly points: number;
}
