// The fixed numbers of the cap probe; chosen by simulation, guarded by test/property/analysis/caps.test.ts.

export const capsRules = {
  /** With all layers stubbed, a doubled load must raise goodput by at least this share of a doubling. */
  openGenerator: 0.75,
  /** Where it is known well, even the upper bound of that share must reach this: sizes are relative to the bare delay line. */
  surelyOpenGenerator: 0.93,
  /** The share of what is offered in flight over the bare delay line from which on it is served, whatever half the load gave. */
  servedGenerator: 0.85,
  /** The share of the load generator's saturation that a new, smaller load may ask for. */
  generatorRoom: 0.85,
  /** A doubled load that raises goodput by more than this share of a doubling has not met a limit. */
  openLoad: 0.5,
  /** With a half-width above this, the load's elasticity must clear `openLoad`; finer ones only miss it near the top. */
  clearLoad: 0.25,
  /** A doubled delay that costs at least this share of a halving: a cap. Between `cap` and `rate`: unclear. */
  cap: 0.7,
  /** A doubled delay that costs at most this share of a halving: a rate. */
  rate: 0.3,
  /** A doubled delay that surely costs more than this share of a halving: no rate alone, so a longer delay may tell. */
  indifferent: 0.1,
  /** The bound of the delay's elasticity must clear the middle between a cap and a rate. */
  between: -0.5,
  /** The share of what is offered that must surely be in flight before a subject is said to have no limit up to there. */
  full: 0.8,
  /** The same at half of the top, where a limit is near. */
  fullBelow: 0.87,
  /** The share that is enough where goodput surely rises with the load as well, and by Little's law on a host that got slower. */
  half: 0.48,
  /** A subject with less than this share of the bare delay line's goodput, beyond what the generator serves, is limited itself. */
  behind: 0.7,
  /** Points at one load that are spent on the proof that nothing limits it. */
  mostForProof: 12,
  /** A layer whose goodput (ln) falls short of that with all stubbed by less than this is not limited. */
  short: 0.05,
  /** A shortfall (ln) that is this much larger at the top than at half of it: the limit begins in between. */
  bend: 0.12,
  /** Half-width of the delay's elasticity that more points are worth while it is wider. */
  clear: 0.15,
  /** Saturated: at least so many times the knee is offered. Unsaturated: the knee is so many times what is offered. */
  above: 1.3,
  below: 1.7,
  /** The least that a point must be below the knee to count as such. */
  surelyBelow: 1.35,
  /** Points on each side of the knee before its place is read. */
  eachSide: 4,
  /** Repeats of a point, and of the reference in visits on which a size rests. */
  repeats: 2,
  references: 3,
  /** How far (ln) the knee may be from the first guess: by the latency within the cap, which `cap` bounds, and by noise. */
  near: Math.log(2),
  /** Half-width (ln) that an interval must have for a cap to be claimed. */
  widest: Math.log(1.15),
  /** Half-width (ln) that is worth more points while the budget lasts. */
  fine: Math.log(1.12),
  /** No interval is narrower than this (ln): a delay line under light load gives whole numbers of I/O a slice. */
  narrowest: Math.log(1.02),
  /** Limited layers whose cap is sized. */
  sized: 2,
  /** Points with fewer guests that are spent on the scope of a cap. */
  scopePoints: 8,
  /** Shares of guests that are closer than this (ln) cannot be told apart. */
  alike: 0.25,
} as const;
