// How fast goodput goes over to its new level after a switch: a time constant, or that nothing of the kind is seen.

import { median, sum } from '../../lib/numbers.ts';
import { type Bin, binsOf, type Completions } from './series.ts';

export interface Relaxation {
  /** Milliseconds right after the switch in which nothing completed. */
  readonly deadMs: number;
  /** Time constant in milliseconds; 0: no transient that can be told from noise and would matter. */
  readonly tauMs: number;
  /** How far the transient went over the readings, as a share of the level at their end; below 0: it came from below. */
  readonly amplitude: number;
}

interface Fit {
  readonly tauMs: number;
  readonly level: number;
  readonly excess: number;
  /** Weighted sum of squared residuals. */
  readonly squares: number;
}

const rules = {
  /** Fewer bins than this tell no curve from noise. */
  fewestBins: 8,
  /** Chance to take pure noise for a transient, for each series. */
  falseAlarm: 1e-3,
  /** A transient that moves goodput by less, as a share, biases a slice by far less than the smallest lift asked for. */
  leastAmplitude: 0.1,
  /** Slower than this share of the level counts as nothing completed. */
  dead: 0.01,
} as const;

/** Time constants that are tried, milliseconds: the first is less than a bin, the last as long as a series. */
const taus = Array.from({ length: 64 }, (_, i) => 20 * 150 ** (i / 63));

/**
 * The relaxation that `completions` show; undefined where they have too few bins, or nothing completed at their end.
 *
 * Source: rate(t) = level + excess exp(-t/tau), a bin being the mean of it over its time; least squares with the bins'
 * durations as weights, tau from a grid. Against a constant rate it has 2 parameters more: F = ((S0-S1)/2) / (S1/m) with
 * m = bins - 3, and for 2 degrees above the line P(F > f) = (1 + 2f/m)^(-m/2) = (S1/S0)^(m/2).
 */
export function fitRelaxation(completions: Completions): Relaxation | undefined {
  const all = binsOf(completions);
  const level = median(all.slice(Math.floor(all.length / 2)).map(({ rate }) => rate));
  const first = all.findIndex(({ rate }) => rate > rules.dead * level);
  const bins = all.slice(Math.max(0, first));
  if (!(level > 0) || first < 0 || bins.length < rules.fewestBins) return undefined;
  const deadMs = first > 0 ? (all[first]?.fromMs ?? 0) - (all[0]?.fromMs ?? 0) : 0;
  const startMs = bins[0]?.fromMs ?? 0;
  const fits = taus.map((tauMs) => fitAt(bins, startMs, tauMs));
  const best = fits.reduce((a, b) => (b.squares < a.squares ? b : a));
  const spanMs = (bins.at(-1)?.toMs ?? 0) - startMs;
  const end = best.level + best.excess * Math.exp(-spanMs / best.tauMs);
  const amplitude = end > 0 ? (best.level + best.excess - end) / end : 0;
  const chance = (best.squares / squaresOfConstant(bins)) ** ((bins.length - 3) / 2);
  const seen = chance < rules.falseAlarm && Math.abs(amplitude) >= rules.leastAmplitude;
  return seen ? { deadMs, tauMs: best.tauMs, amplitude } : { deadMs, tauMs: 0, amplitude: 0 };
}

/** Weighted straight-line regression on the mean of exp(-t/tau) over each bin. */
function fitAt(bins: readonly Bin[], startMs: number, tauMs: number): Fit {
  const weights = bins.map(({ fromMs, toMs }) => toMs - fromMs);
  const shapes = bins.map(({ fromMs, toMs }) => {
    const [a, b] = [fromMs - startMs, toMs - startMs];
    return (tauMs * (Math.exp(-a / tauMs) - Math.exp(-b / tauMs))) / (b - a);
  });
  const total = sum(weights);
  const meanShape = sum(shapes.map((shape, i) => shape * (weights[i] ?? 0))) / total;
  const meanRate = sum(bins.map(({ rate }, i) => rate * (weights[i] ?? 0))) / total;
  const across = sum(shapes.map((shape, i) => (weights[i] ?? 0) * (shape - meanShape) ** 2));
  const along = sum(bins.map(({ rate }, i) => (weights[i] ?? 0) * (rate - meanRate) * ((shapes[i] ?? 0) - meanShape)));
  const excess = across > 0 ? along / across : 0;
  const level = meanRate - excess * meanShape;
  const squares = sum(bins.map(({ rate }, i) => (weights[i] ?? 0) * (rate - level - excess * (shapes[i] ?? 0)) ** 2));
  return { tauMs, level, excess, squares };
}

/** Never 0, so that a series without any noise divides. */
function squaresOfConstant(bins: readonly Bin[]): number {
  const total = sum(bins.map(({ fromMs, toMs }) => toMs - fromMs));
  const mean = sum(bins.map(({ fromMs, toMs, rate }) => rate * (toMs - fromMs))) / total;
  const squares = sum(bins.map(({ fromMs, toMs, rate }) => (toMs - fromMs) * (rate - mean) ** 2));
  return Math.max(squares, Number.MIN_VALUE);
}
