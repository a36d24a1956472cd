// The share of an I/O's time that stubs save: 1 - X0 / X, as a closed loop with N in flight has the time N / X. Shares add up
// where latencies do; logarithms of rates do not, and a stub near zero makes all others look small in them.

import { sum } from '../../lib/numbers.ts';
import { boundsAbout, estimateOf, liftOf, spreadOf, weighted } from '../fit/contrast.ts';
import { layerLevel, type Design } from './design.ts';
import type { Fit } from '../fit/estimate.ts';

/** The share of an I/O's time that a lift (ln units) saves; below zero if goodput falls. */
export function savedOf(lift: number): number {
  return -Math.expm1(-lift);
}

interface Seen {
  readonly fit: Fit;
  readonly design: Design;
}

/** `arm` is proven to save less than `share` of what `whole` saves. */
export function savesLess(seen: Seen, arm: string, whole: string, share: number): boolean {
  return isAbove(seen, layerLevel(seen.design), [whole, share], [arm, -1]);
}

/** `arm` is proven to save more than `share` of what `whole` saves. */
export function savesMore(seen: Seen, arm: string, whole: string, share: number): boolean {
  return isAbove(seen, layerLevel(seen.design), [arm, 1], [whole, -share]);
}

/** Whether `arms` one by one save more or less than `share` of what `whole` saves, as far as one-sided `level` goes. */
export function savedInSum(
  seen: Seen,
  arms: readonly string[],
  whole: string,
  { share, level }: { readonly share: number; readonly level: number },
): 'more' | 'less' | 'open' {
  const terms = (sign: number): readonly (readonly [string, number])[] => [
    ...arms.map((arm) => [arm, sign] as const),
    [whole, -sign * share],
  ];
  if (isAbove(seen, level, ...terms(1))) return 'more';
  return isAbove(seen, level, ...terms(-1)) ? 'less' : 'open';
}

/**
 * The weighted sum of savings is above zero by its bound at one-sided `level`. Its variance is that of the contrast with the
 * slopes d(1 - exp(-lift)) / d lift = exp(-lift) at the estimates (delta method).
 */
function isAbove({ fit }: Seen, level: number, ...terms: readonly (readonly [arm: string, weight: number])[]): boolean {
  const known = terms.map(([arm, weight]) => ({ arm, weight, lift: estimateOf(fit, liftOf(arm)) ?? NaN }));
  const total = sum(known.map(({ weight, lift }) => weight * savedOf(lift)));
  const slopes = known.map(({ arm, weight, lift }) => [arm, weight * Math.exp(-lift)] as const);
  const spread = Number.isNaN(total) ? undefined : spreadOf(fit, weighted(slopes));
  return spread !== undefined && boundsAbout(total, spread, level).low > 0;
}
