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

/** Straight-line regression with noise that remembers: rho is the share of a bin's deviation that is left in the next. */
interface Remembering {
  readonly tauMs: number;
  readonly level: number;
  readonly excess: number;
  /** Logarithm of the likelihood, less what is the same for all fits of a series. */
  readonly likelihood: number;
}

const rules = {
  /** Fewer bins than this tell no curve from noise. */
  fewestBins: 8,
  /** Chance to take pure noise for a transient, for each series. */
  falseAlarm: 1e-3,
  /**
   * Twice the logarithm of the likelihood that a transient must add where noise may remember. In flat series of AR(1) noise
   * up to 0.9 one in a hundred has more (simulated), as a slow wander of 30 bins looks much like a transient.
   */
  leastGain: 11,
  /** A transient that moves goodput by less, as a share, biases a slice by far less than the smallest lift asked for. */
  leastAmplitude: 0.1,
  /** Slower than this share of the level counts as nothing completed. */
  dead: 0.01,
} as const;

/** Time constants that are tried, milliseconds: the first is less than a bin, the last as long as a series. */
const taus = Array.from({ length: 64 }, (_, i) => 20 * 150 ** (i / 63));

/** Correlations of neighbouring bins that are tried; below 0 as where whole rounds of I/O fall into bins. */
const memories = [-0.6, -0.3, 0, 0.3, 0.5, 0.65, 0.75, 0.85, 0.92, 0.97] as const;

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
  const chance = (best.squares / squaresOfConstant(bins)) ** ((bins.length - 3) / 2);
  const none: Relaxation = { deadMs, tauMs: 0, amplitude: 0 };
  if (chance >= rules.falseAlarm) return none;
  const { fit, gain } = rememberingFit(bins, startMs);
  const spanMs = (bins.at(-1)?.toMs ?? 0) - startMs;
  const end = fit.level + fit.excess * Math.exp(-spanMs / fit.tauMs);
  const amplitude = end > 0 ? (fit.level + fit.excess - end) / end : 0;
  const seen = gain > rules.leastGain && Math.abs(amplitude) >= rules.leastAmplitude;
  return seen ? { deadMs, tauMs: fit.tauMs, amplitude } : none;
}

/**
 * The best fit where noise is AR(1), and by how much it is likelier than AR(1) noise without a transient, each with its own
 * memory: I/O that takes longer than a bin, and a host that wanders, correlate bins by themselves.
 *
 * Source: exact likelihood of a regression with AR(1) errors (Beach and MacKinnon, 1978), rho from a grid:
 * -n/2 ln(S/n) + ln(1 - rho^2)/2, S the sum of squares of the series made white (Prais and Winsten, 1954).
 */
function rememberingFit(bins: readonly Bin[], startMs: number): { fit: Remembering; gain: number } {
  const rates = bins.map(({ rate }) => rate);
  const shapes = taus.map((tauMs) => ({ tauMs, shape: shapesOf(bins, startMs, tauMs) }));
  let [flat, fit]: [number, Remembering | undefined] = [-Infinity, undefined];
  for (const rho of memories) {
    const [one, rate] = [
      whitened(
        rates.map(() => 1),
        rho,
      ),
      whitened(rates, rho),
    ];
    const constant = dot(one, rate) / dot(one, one);
    flat = Math.max(flat, likelihoodOf(dot(rate, rate) - constant * dot(one, rate), rates.length, rho));
    for (const { tauMs, shape } of shapes) {
      const curve = whitened(shape, rho);
      const [aa, ab, bb] = [dot(one, one), dot(one, curve), dot(curve, curve)];
      const [ay, by] = [dot(one, rate), dot(curve, rate)];
      const det = aa * bb - ab * ab;
      if (!(det > 1e-12 * aa * bb)) continue;
      const [level, excess] = [(ay * bb - by * ab) / det, (by * aa - ay * ab) / det];
      const likelihood = likelihoodOf(dot(rate, rate) - level * ay - excess * by, rates.length, rho);
      if (!fit || likelihood > fit.likelihood) fit = { tauMs, level, excess, likelihood };
    }
  }
  const best = fit ?? { tauMs: 0, level: 1, excess: 0, likelihood: flat };
  return { fit: best, gain: 2 * (best.likelihood - flat) };
}

function likelihoodOf(squares: number, bins: number, rho: number): number {
  return (-bins / 2) * Math.log(Math.max(squares, Number.MIN_VALUE) / bins) + Math.log(1 - rho ** 2) / 2;
}

/** A series without its memory. Bins are taken as equally long, which late timers make them but nearly. */
function whitened(series: readonly number[], rho: number): readonly number[] {
  return series.map((value, i) => (i === 0 ? Math.sqrt(1 - rho ** 2) * value : value - rho * (series[i - 1] ?? 0)));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] ?? 0) * (b[i] ?? 0);
  return total;
}

/** The mean of exp(-t/tau) over each bin. */
function shapesOf(bins: readonly Bin[], startMs: number, tauMs: number): readonly number[] {
  return bins.map(({ fromMs, toMs }) => {
    const [a, b] = [fromMs - startMs, toMs - startMs];
    return (tauMs * (Math.exp(-a / tauMs) - Math.exp(-b / tauMs))) / (b - a);
  });
}

/** Weighted straight-line regression on the mean of exp(-t/tau) over each bin. */
function fitAt(bins: readonly Bin[], startMs: number, tauMs: number): Fit {
  const weights = bins.map(({ fromMs, toMs }) => toMs - fromMs);
  const shapes = shapesOf(bins, startMs, tauMs);
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
