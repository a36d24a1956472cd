// Findings of a measurement of neighbours. Plain data; null where too little was measured.

/** An estimate with one-sided bounds. */
export interface OneSided {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export type Neighbour =
  /**
   * `guest` lowers what the others get by more than guests here usually do. `costsOthers`: the share of the goodput that they
   * would have without it, beyond what the median guest costs. `also`: further guests of which the same is proven.
   */
  | {
      readonly kind: 'neighbour';
      readonly guest: number;
      readonly costsOthers: OneSided;
      readonly also: readonly number[];
    }
  /** No guest costs the others more than this share beyond what the median guest does. */
  | { readonly kind: 'none'; readonly bound: number }
  | { readonly kind: 'inconclusive'; readonly why: NeighbourUnknown };

/** Why it cannot be told whether a guest is a noisy neighbour. */
export type NeighbourUnknown =
  | { readonly kind: 'too-few-slices' }
  /** No guest seems to cost the others much, but the bounds are too wide to say how little. */
  | { readonly kind: 'bounds-too-wide' }
  /** `share`: what `guest` seems to cost the others, of what they would have without it. */
  | { readonly kind: 'within-noise'; readonly guest: number; readonly share: number };

export interface GuestSlowdown {
  readonly guest: number;
  /** Mean goodput over the slices in which it ran alone; null: it never did. */
  readonly alone: number | null;
  /** Mean goodput over the slices in which all guests ran. */
  readonly together: number | null;
  /** Alone over together (a ratio, 2 = half of what it could), estimated within blocks. */
  readonly slowdown: OneSided | null;
}

/**
 * Figures over the guests that were measured alone, from the estimates x_j = 1 / slowdown_j. Sources: Jain, Chiu and Hawe 1984
 * (fairness); Eyerman and Eeckhout, IEEE Micro 28(3), 2008 (STP and ANTT).
 */
export interface NeighboursSummary {
  /** How many guests these figures are over. */
  readonly guests: number;
  readonly worst: { readonly guest: number; readonly slowdown: number };
  /** Geometric mean of the slowdowns. */
  readonly meanSlowdown: number;
  /** Jain's index (sum x)^2 / (N sum x^2): 1 when all are slowed alike, however much; so it is to be read with `worst`. */
  readonly fairness: number;
  /** System throughput STP = sum x: the work done together, in guests that run alone; N without interference. */
  readonly throughput: number;
  /** Average normalised turnaround time ANTT: arithmetic mean of the slowdowns. */
  readonly turnaround: number;
}

export interface ScalePoint {
  /** The first so many guests ran. */
  readonly guests: number;
  /** Their sum, drift taken out. */
  readonly goodput: number;
  /** X(N) / (N X(1)): 1 = each does what guest 1 does alone; null: guest 1 was never alone, or is of one group of several. */
  readonly efficiency: number | null;
}

export type NeighboursFindings =
  /** With one guest there is nobody to interfere. */
  | { readonly kind: 'single' }
  | {
      readonly kind: 'measured';
      readonly slices: number;
      readonly blocks: number;
      /** Every guest, by number. */
      readonly guests: readonly GuestSlowdown[];
      readonly summary: NeighboursSummary | null;
      /** Fewer guests first. */
      readonly scaling: readonly ScalePoint[];
      readonly neighbour: Neighbour;
    };
