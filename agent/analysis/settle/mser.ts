// MSER-5: where the start of a series stops to be unlike its rest. Only ever an alarm: a cut that depends on the data would
// differ from arm to arm, and bias the very comparison.

import { mean, sampleVariance, sum } from '../../lib/numbers.ts';
import { tQuantile } from '../fit/quantile.ts';
import { fitRelaxation } from './relaxation.ts';
import { type Bin, binsOf, type Completions } from './series.ts';

/** Bins in a batch. */
const batchOf = 5;

/**
 * Batches to leave out at the start; at most half of them.
 *
 * Source: White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for simulation" (2000): the d that
 * minimises sum over i > d of (z_i - mean)^2 / (n - d)^2.
 */
export function mserTruncation(batches: readonly number[]): number {
  let best = { cut: 0, score: Infinity };
  for (let cut = 0; cut <= Math.floor(batches.length / 2); cut++) {
    const rest = batches.slice(cut);
    const centre = mean(rest);
    const score = sum(rest.map((value) => (value - centre) ** 2)) / rest.length ** 2;
    if (score < best.score) best = { cut, score };
  }
  return best.cut;
}

/** The part that the cut leaves out must differ from the rest beyond noise, and by so much that it matters. */
const [alarmLevel, leastShare] = [0.02, 0.05];

/**
 * Milliseconds after the switch until which goodput was still settling, if that is after `settledMs`, when measuring began.
 * Undefined: no alarm. MSER-5 alone cuts every other flat series somewhere, so what was measured before its cut must also
 * differ from what came after it (t of two means over bins, with the fewer degrees of freedom) by more than a twentieth; and
 * as that takes bins for independent, what was measured must be likelier a transient than noise that remembers.
 */
export function settlingUntil(completions: Completions, settledMs: number): number | undefined {
  const bins = binsOf(completions);
  const batches: (readonly Bin[])[] = [];
  for (let i = 0; i + batchOf <= bins.length; i += batchOf) batches.push(bins.slice(i, i + batchOf));
  const cut = mserTruncation(batches.map((batch) => mean(batch.map(({ rate }) => rate))));
  const untilMs = batches[cut]?.[0]?.fromMs;
  if (untilMs === undefined || untilMs <= settledMs) return undefined;
  const measured = bins.filter(({ fromMs }) => fromMs >= settledMs);
  const early = measured.filter(({ fromMs }) => fromMs < untilMs).map(({ rate }) => rate);
  const late = measured.filter(({ fromMs }) => fromMs >= untilMs).map(({ rate }) => rate);
  return differ(early, late) && isTransient(completions, settledMs) ? untilMs : undefined;
}

function isTransient({ atMs, ios }: Completions, settledMs: number): boolean {
  const first = atMs.findIndex((ms) => ms >= settledMs);
  return (fitRelaxation({ atMs: atMs.slice(first), ios: ios.slice(first) })?.tauMs ?? 0) > 0;
}

function differ(early: readonly number[], late: readonly number[]): boolean {
  const fewer = Math.min(early.length, late.length);
  if (fewer < 2) return false;
  const apart = Math.abs(mean(early) - mean(late));
  const error = Math.sqrt(sampleVariance(early) / early.length + sampleVariance(late) / late.length);
  return apart > leastShare * mean(late) && apart > tQuantile(1 - alarmLevel / 2, fewer - 1) * error;
}
