// The fixed numbers of the procedure, in one place. A profile may change what `Design` holds; these it may not.

/** The levels and fractions were chosen together by simulation; test/property/analysis/operating.test.ts guards the result. */
export const rules = {
  /** A lift is claimed when its lower bound exceeds this share of `delta` (and its estimate exceeds `delta`). */
  guard: 1 / 2,
  /** Below this share of the headroom a single layer does not explain it. */
  minor: 1 / 4,
  /** A layer is necessary when stubbing all but it yields less than this share of the headroom. */
  necessary: 1 / 2,
  /** A set explains the headroom when it yields more than this share of it. */
  sufficient: 1 / 2,
  /** Layers whose lifts differ by less than this (ln units) are as good as one another. */
  alike: Math.log(1.15),
  /** Every level is divided by this, which pays for up to `fewLooks` looks at growing data; beyond by `manyLooksShare`. */
  lookShare: 5,
  fewLooks: 9,
  manyLooksShare: 7,
  /** Residual degrees of freedom that a bound needs. */
  leastDegrees: 3,
  /** The most degrees of freedom with which the pooled variance is averaged into a contrast's own. */
  pooledWeight: 8,
  /** The scatter of a paused guest's own contrast is believed when chance makes one as large with this probability at most. */
  doubtOfPauses: 0.1,
  /** Smaller blocks are run twice over. */
  leastBlock: 3,
  /** Blocks at the start with a second baseline slice. */
  doubleBaselineBlocks: 2,
  /** From this sigma on, the bound of "none" is widened to sigma. */
  noisySigma: 0.1,
  /** Above this sigma nothing is worth measuring with slices this short. */
  hopelessSigma: 0.3,
} as const;
