// The fixed numbers of the procedure, in one place. A profile may change what `Design` holds; these it may not.

/** The levels and fractions were chosen together by simulation; test/property/analysis/operating.test.ts guards the result. */
export const rules = {
  /** A lift is claimed when its lower bound exceeds this share of `delta` (and its estimate exceeds `delta`). */
  guard: 1 / 2,
  /** A single stub that seems to save less than this share of what all stubs save does not explain it, ... */
  minor: 1 / 3,
  /** ... which is proven once it is proven to save less than this share, ... */
  minorProven: 2 / 5,
  /** ... unless what single stubs save adds up to this share of it: then the layers stand in series and hide nothing. */
  addsUp: 4 / 5,
  /** Of layers that save less than `minor` each, a tie needs that they add up and a set that they do not, save with this probability; */
  addsUpDoubt: 0.2,
  /** a tie of some layers with this one, as then the others may hide something. */
  addsUpDoubtOfSome: 0.05,
  /** A layer is necessary when stubbing all but it saves less than this share of what all stubs save. */
  necessary: 2 / 3,
  /** A set explains the headroom when it saves more than this share of it. */
  sufficient: 2 / 3,
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
  /** An arm is set apart as noisier when chance alone makes one of all arms so noisy with this probability at most. */
  noisierChance: 0.05,
  /** The least weight of a slice of such an arm: it may be a hundred times as noisy. */
  leastWeight: 1e-4,
  /** The scatter of a paused guest's own contrast is believed when chance makes one as large with this probability at most. */
  doubtOfPauses: 0.1,
  /** Smaller blocks are run twice over. */
  leastBlock: 3,
  /** Blocks at the start with a second baseline slice. */
  doubleBaselineBlocks: 2,
  /** All stubs but one are suspected to lift more than all when chance alone makes them lift so much with this probability at most. */
  suspicion: 0.1,
  /** From this sigma on, the bound of "none" is widened to sigma. */
  noisySigma: 0.1,
  /** Nothing is given up before this share of the budget: neither the bound that was asked for, nor a noisy host. */
  givesUpAfter: 1 / 2,
  /** Above this sigma nothing is worth measuring with slices this short. */
  hopelessSigma: 0.3,
} as const;
