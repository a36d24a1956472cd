// A lift that was measured again at the end of the run: does the verdict still hold?

import type { Layer } from '../../lib/layer.ts';
import { mean, sampleVariance, sum } from '../../lib/numbers.ts';
import { baselineId, everyArm } from '../../lib/arm.ts';
import type { Analysis } from '../verdict/analyse.ts';
import { asRatio } from '../verdict/claims.ts';
import type { Bounds } from '../fit/contrast.ts';
import { blocksOf, type Observation } from '../fit/observation.ts';
import { tQuantile } from '../fit/quantile.ts';
import { isLifting, type Lift, namedIn } from '../verdict/verdict.ts';

export interface Recheck {
  readonly arm: string;
  /** With bounds so wide that chance hardly ever leaves them on either side, at any number of pairs. */
  readonly lift: Lift;
  readonly outcome: Outcome;
  /** Pairs of slices: one of the arm and one of the baseline, close together. */
  readonly pairs: number;
}

/**
 * By half of the lift that was named, in ln units: `holds`, more than half of its estimate is proven to be there still; `gone`,
 * less than half of what had been proven of it; `unclear`, the slices are too noisy to say either.
 */
export type Outcome = 'holds' | 'gone' | 'unclear';

const leftShare = 1 / 2;
/**
 * One-sided level of each bound. Pairs are added until it is clear, so that the bounds are looked at up to seven times:
 * test/property/analysis/recheck.test.ts guards what comes of it.
 */
const level = 0.0075;
/** A run may be steadier than the time between it and its check. */
const leastSigma = 0.02;
/** Below it the check's own scatter is not known at all. */
const fewestPairs = 2;

/** The arm whose lift `analysis` rests on: of several that lift alike, the first. Undefined where it names none. */
export function recheckedArm({ verdict }: Pick<Analysis, 'verdict'>, stack: readonly Layer[]): string | undefined {
  if (!isLifting(verdict)) return undefined;
  const named = namedIn(verdict);
  const stubbed = verdict.kind === 'tie' ? named.slice(0, 1) : named;
  return everyArm(stack).find((arm) => arm.stubbed.join() === stubbed.join())?.id;
}

/** Undefined if the verdict names no layer, or fewer than two blocks hold both arms with I/O. */
export function recheckOf(
  analysis: Pick<Analysis, 'verdict' | 'sigma'>,
  stack: readonly Layer[],
  slices: readonly Observation[],
): Recheck | undefined {
  const { verdict, sigma } = analysis;
  const arm = recheckedArm(analysis, stack);
  if (!isLifting(verdict) || arm === undefined) return undefined;
  const pairs = pairsOf(slices, arm);
  if (pairs.length < fewestPairs) return undefined;
  const found = boundsOf(pairs, Math.max(sigma ?? 0, leastSigma));
  return { arm, lift: asRatio(found), outcome: outcomeOf(found, verdict.lift), pairs: pairs.length };
}

interface Pair {
  /** ln goodputs. */
  readonly now: number;
  readonly before: number;
}

function pairsOf(slices: readonly Observation[], arm: string): readonly Pair[] {
  const logOf = (block: number, id: string): number | undefined => {
    const one = slices.find((slice) => slice.block === block && slice.arm === id && slice.goodput > 0);
    return one && Math.log(one.goodput);
  };
  return blocksOf(slices).flatMap((block) => {
    const [now, before] = [logOf(block, arm), logOf(block, baselineId)];
    return now === undefined || before === undefined ? [] : [{ now, before }];
  });
}

/**
 * Welch's t over the scatter within each arm, which is that of the run or more: minutes have passed, and neither a lucky check
 * nor a run that was quieter than its check is to be believed. Drift from pair to pair counts as scatter.
 */
function boundsOf(pairs: readonly Pair[], sigma: number): Bounds {
  const { length } = pairs;
  const variances = [pairs.map(({ now }) => now), pairs.map(({ before }) => before)].map((logs) =>
    Math.max(sigma ** 2, sampleVariance(logs)),
  );
  const total = sum(variances);
  // Welch-Satterthwaite: one arm that is noisier than the other knows its scatter from its own slices alone.
  const degrees = ((length - 1) * total ** 2) / sum(variances.map((variance) => variance ** 2));
  const estimate = mean(pairs.map(({ now, before }) => now - before));
  const radius = tQuantile(1 - level, degrees) * Math.sqrt(total / length);
  return { estimate, low: estimate - radius, high: estimate + radius };
}

function outcomeOf({ low, high }: Bounds, named: Lift): Outcome {
  if (low > leftShare * Math.log(named.estimate)) return 'holds';
  return high < leftShare * Math.log(named.low) ? 'gone' : 'unclear';
}

/** A verdict whose lift is gone is taken back. */
export function withRecheck(analysis: Analysis, recheck: Recheck | undefined): Analysis {
  const { verdict } = analysis;
  if (recheck?.outcome !== 'gone' || !isLifting(verdict)) return analysis;
  const { arm, lift } = recheck;
  const why = { kind: 'lift-gone', arm, before: verdict.lift.estimate, now: lift.estimate } as const;
  return {
    ...analysis,
    verdict: { kind: 'inconclusive', why, candidates: namedIn(verdict), proven: [], disturbed: true },
  };
}
