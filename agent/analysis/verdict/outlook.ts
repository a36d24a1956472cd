// Computes when which lift can be proven: the figures behind an ETA line. sigma is the standard deviation of ln goodput of one slice.

import { layerLevel, noneLevel, ownLevel, type Design } from './design.ts';
import { chiSquaredQuantile, tQuantile } from '../fit/quantile.ts';
import { rules } from '../rules.ts';
import { savedOf } from './saved.ts';
import { armSetsOf } from './arm-sets.ts';
import { firstBlock } from './single-stubs.ts';

/** How surely something is promised: in half of such runs, or in nine of ten. */
export type Odds = 'even' | 'sure';

export interface LeverPromise {
  readonly blocks: number;
  readonly slices: number;
  /**
   * Smallest lift (ratio) of a single stub that is proven after so many blocks, at even odds and for sure. A lever must also
   * be told from the next best stub, which takes a lead of about the same size.
   */
  readonly even: number;
  readonly sure: number;
}

export interface Outlook {
  readonly sigma: number;
  readonly levers: readonly LeverPromise[];
  /** Slices after which "none" is proven if it is true; `delta` is the lift (ratio) that it excludes. */
  readonly none: { readonly delta: number; readonly even: number; readonly sure: number };
  /** Slices after which a set of layers that hide one another is proven, by the lift (ratio) of the whole set. */
  readonly masked: { readonly lift: number; readonly even: number; readonly sure: number };
}

/** Standard normal quantile of the extra distance that an estimate needs to pass its threshold with these odds. */
const margin: Readonly<Record<Odds, number>> = { even: 0, sure: 1.2816 };

/** All figures for a design at `sigma`; `deltaNone` in ln units; `headroom` (ln units) is the lift of a set, if known. */
export function outlook(
  design: Design,
  sigma: number,
  { deltaNone = design.delta, headroom = Math.log(2) }: { deltaNone?: number; headroom?: number } = {},
): Outlook {
  const perBlock = firstBlock(armSetsOf(design)).arms.length;
  return {
    sigma,
    levers: design.looks
      .filter((blocks) => blocks * perBlock <= design.budgetSlices)
      .map((blocks) => ({
        blocks,
        slices: blocks * perBlock,
        even: Math.exp(smallestLift(design, sigma, blocks, 'even')),
        sure: Math.exp(smallestLift(design, sigma, blocks, 'sure')),
      })),
    none: {
      delta: Math.exp(deltaNone),
      even: slicesForNone(design, sigma, deltaNone, 'even'),
      sure: slicesForNone(design, sigma, deltaNone, 'sure'),
    },
    masked: {
      lift: Math.exp(headroom),
      even: slicesForMasked(design, sigma, headroom, 'even'),
      sure: slicesForMasked(design, sigma, headroom, 'sure'),
    },
  };
}

/**
 * The smallest lift (ln units) of a single stub that `blocks` full blocks prove. Each block holds two baselines and the stub
 * once (twice if it is the only one), so the standard error is sigma * sqrt((1/2 + 1/repeats) / blocks); the lower bound must
 * exceed the guard, also the one that rests on the scatter of the stub's own few slices (see `ownBounds`).
 */
export function smallestLift(design: Design, sigma: number, blocks: number, odds: Odds): number {
  const { arms } = firstBlock(armSetsOf(design));
  const stubs = new Set(arms).size - 1;
  const repeats = (arms.length - 2) / stubs;
  const degrees = Math.max(blocks * arms.length - blocks - stubs, 1);
  const error = sigma * Math.sqrt((1 / 2 + 1 / repeats) / blocks);
  const pooled = tQuantile(1 - layerLevel(design), degrees) * error;
  const part = (slices: number): number =>
    tQuantile(1 - ownLevel(design), slices - 1) ** 2 * (scatterOf(slices - 1, odds) / slices);
  const own = sigma * Math.sqrt(part(blocks * repeats) + part(2 * blocks));
  return rules.guard * design.delta + Math.max(pooled + margin[odds] * error, own);
}

/** Bounds below which an estimated variance over the true one stays in half or in nine of ten cases: chi-squared over its degrees. */
function scatterOf(degrees: number, odds: Odds): number {
  return chiSquaredQuantile(odds === 'even' ? 0.5 : 0.9, degrees) / degrees;
}

/** Full blocks after which a lift (ln units) is proven; Infinity if no look comes late enough or it is within the guard. */
export function blocksForLift(design: Design, sigma: number, lift: number, odds: Odds): number {
  return design.looks.find((blocks) => smallestLift(design, sigma, blocks, odds) <= lift) ?? Infinity;
}

/** Blocks after which a stub is proven to beat another by `gap` (ln units), or to be as good: variance 2 sigma^2 a block. */
export function blocksForGap(design: Design, sigma: number, gap: number): number {
  const provable = Math.max(gap, rules.alike - gap);
  return (
    design.looks.find((blocks) => largeT(layerLevel(design)) * sigma * Math.sqrt(2 / blocks) <= provable) ?? Infinity
  );
}

/** Slices, half baseline and half ceiling, whose difference has an upper bound below `delta`: variance 4 sigma^2 / n. */
export function slicesForNone(design: Design, sigma: number, delta: number, odds: Odds): number {
  const [least, distance] = [2 * firstBlock(armSetsOf(design)).arms.length, largeT(noneLevel(design)) + margin[odds]];
  return Math.max(least, Math.ceil(4 * ((distance * sigma) / delta) ** 2));
}

/**
 * Slices until every necessary layer is proven: what "all but l" saves, which is nothing, against the share of what all stubs
 * save. Two blocks of stage A come before; one of three slices confirms the set.
 */
export function slicesForMasked(design: Design, sigma: number, headroom: number, odds: Odds): number {
  const before = 2 * firstBlock(armSetsOf(design)).arms.length;
  const perBlock = design.layers.length + 3;
  const distance = largeT(layerLevel(design)) + margin[odds];
  const slope = rules.necessary * Math.exp(-headroom);
  const variance = slope ** 2 + 1 + (1 - slope) ** 2;
  const blocks = Math.max(1, Math.ceil(variance * ((distance * sigma) / (rules.necessary * savedOf(headroom))) ** 2));
  return before + blocks * perBlock + 3;
}

/** The t quantile for many degrees of freedom. */
function largeT(level: number): number {
  return tQuantile(1 - level, 1000);
}
