// The verdicts that say "cannot tell", each with what is left and what more time would buy.

import type { Layer } from '../../lib/layer.ts';
import { headroomLift, looksLikeNone } from './claims.ts';
import { blocksForGap, blocksForLift, slicesForMasked, slicesForNone } from './outlook.ts';
import { rules } from '../rules.ts';
import { chiSquaredQuantile } from '../fit/quantile.ts';
import { needsOf } from './necessity.ts';
import { lifts, type Standing } from './standing.ts';
import type { InconclusiveReason, InconclusiveVerdict } from './verdict.ts';

/** Stage A alone, and every single stub is proven to save too little of what all stubs save. */
export function noSingleLayer(standing: Standing): InconclusiveVerdict | undefined {
  if (!standing.headroomProven || !standing.minor) return undefined;
  const lift = headroomLift(standing);
  return left(standing, { kind: 'no-single-layer', ...(lift ? { allStubs: lift.estimate } : {}) });
}

/** A set explains the headroom, but for none of its layers is there an arm on this host that would show its part. */
export function noTellingArm(standing: Standing): InconclusiveVerdict {
  return left(standing, { kind: 'no-telling-arm' });
}

/** The residual scatter is so high, even by its lower 95 % bound, that slices of this length decide nothing. */
export function tooNoisy(standing: Standing): InconclusiveVerdict | undefined {
  const { sigma, degrees } = standing.fit.overall;
  if (!standing.late || sigma === undefined || degrees < rules.leastDegrees) return undefined;
  const low = sigma * Math.sqrt(degrees / chiSquaredQuantile(0.95, degrees));
  if (low <= rules.hopelessSigma) return undefined;
  return left(standing, { kind: 'too-noisy', sigma });
}

/** The budget is used up. */
export function outOfBudget(standing: Standing): InconclusiveVerdict {
  const { fit, headroom, seemsMinor } = standing;
  if (fit.degrees < rules.leastDegrees) return left(standing, { kind: 'too-few-slices' });
  if (!headroom) return withMore(standing, left(standing, { kind: 'noise-hides-all' }));
  if (!seemsMinor) return withMore(standing, left(standing, { kind: 'several-within-noise' }));
  return withMore(standing, left(standing, { kind: 'set-not-proven' }));
}

/** The verdict so far, while the engine asks for more. */
export function stillMeasuring(standing: Standing): InconclusiveVerdict {
  return withMore(standing, left(standing, { kind: 'still-measuring' }));
}

/** Adds how many more blocks should settle it, at even odds and if the estimates so far are the truth. */
function withMore(standing: Standing, verdict: InconclusiveVerdict): InconclusiveVerdict {
  const { sigma, blockMeans } = standing.fit;
  const more = sigma === undefined ? Infinity : blocksToSettle(standing, sigma, blockMeans.length);
  return Number.isFinite(more) ? { ...verdict, moreBlocks: Math.max(1, Math.ceil(more)) } : verdict;
}

function blocksToSettle(standing: Standing, sigma: number, blocks: number): number {
  const { design, fit, top, deltaNone } = standing;
  const slices = fit.degrees + blocks + fit.effects.size;
  if (looksLikeNone(standing)) return (slicesForNone(design, sigma, deltaNone, 'even') - slices) / 4;
  if (standing.headroom && standing.seemsMinor && top) {
    return (slicesForMasked(design, sigma, top.estimate, 'even') - slices) / (design.layers.length + 3);
  }
  const [best, second] = standing.contenders;
  const gap = best && second ? blocksForGap(design, sigma, best.estimate - second.estimate) : 0;
  return Math.max(gap, best ? blocksForLift(design, sigma, best.estimate, 'even') : 0) - blocks;
}

function left(standing: Standing, why: InconclusiveReason): InconclusiveVerdict {
  const { design, contenders } = standing;
  const proven = contenders.filter((one) => lifts(standing, one.arm)).map((one) => one.layer);
  const candidates = new Set(
    standing.headroom && standing.seemsMinor ? maskable(standing) : contenders.map((one) => one.layer),
  );
  const headroom = headroomLift(standing);
  return {
    kind: 'inconclusive',
    why,
    candidates: design.layers.filter((layer) => candidates.has(layer)),
    proven: design.layers.filter((layer) => proven.includes(layer)),
    ...(headroom ? { headroom } : {}),
  };
}

/** Layers that may be part of the set behind the headroom. */
function maskable(standing: Standing): readonly Layer[] {
  return needsOf(standing)
    .filter((need) => need.proven !== 'spare')
    .map((need) => need.layer);
}
