// The decision after each block: measure this next, or this is the verdict.
//
//   blocks 1..2 -> look -> claim? -> verdict
//                    |no
//                    +-- stage A: levers | none | duel ----- no single layer explains the headroom --+
//                    +-- stage B: necessity | sets  <------------------------------------------------+
//                    +-- budget used up          -> inconclusive, with what is left
//
// Nothing is remembered: all looks so far are replayed from the observations, so a run can be resumed or re-analysed.

import type { Arm } from '../../lib/layer.ts';
import { leverClaim, noneClaim, tieClaim } from './claims.ts';
import { type Design, slicesLeft } from './design.ts';
import { noSingleLayer, noTellingArm, outOfBudget, tooNoisy } from './inconclusive.ts';
import { blocksOf, checkObservations, type Observation } from '../fit/observation.ts';
import { rules } from '../rules.ts';
import { fitByArm } from '../fit/scatter.ts';
import { maskedClaim } from './sets.ts';
import { armSetsOf, type ArmSets } from './arm-sets.ts';
import { firstBlock, leavesSingles, nextForSingles, type Aim, type Block } from './single-stubs.ts';
import { nextForSets } from './stub-sets.ts';
import { standingOf, type Standing } from './standing.ts';
import type { Verdict } from './verdict.ts';

/** A: baseline, single stubs and the ceiling (single-stubs.ts). B: sets of stubs (stub-sets.ts). Records have the letters. */
export type Stage = 'A' | 'B';

export type Decision =
  /** Measure one more block: these arms, with repeats; the caller shuffles them. */
  | {
      readonly kind: 'measure';
      readonly stage: Stage;
      readonly aim: Aim;
      readonly arms: readonly string[];
      /** How many such blocks until the next look, this one included; asking earlier gives the same arms. */
      readonly blocks: number;
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

/** Where the replay of all looks ends. */
export interface Replay {
  readonly stage: Stage;
  readonly deltaNone: number;
  readonly next: Block;
  readonly verdict: Verdict | undefined;
}

/**
 * The decision that `observations` lead to under `design`: the same for the same observations in any order.
 *
 * @throws ProfileError when an observation is unusable; InternalError when the design has no stub arm.
 */
export function decide(design: Design, observations: readonly Observation[]): Decision {
  const checked = checkObservations(observations, design.layers);
  const { stage, next, verdict } = replay(design, checked);
  if (verdict) return { kind: 'verdict', verdict };
  return { kind: 'measure', stage, aim: next.aim, arms: next.arms, blocks: blocksToLook(design, checked, next) };
}

/** Replays every look that the checked, sorted observations have passed, up to the first verdict. */
export function replay(design: Design, observations: readonly Observation[]): Replay {
  const armSets = armSetsOf(design);
  const blocks = blocksOf(observations);
  let state: Replay = { stage: 'A', deltaNone: design.delta, next: firstBlock(armSets), verdict: undefined };
  for (const look of design.looks.filter((count) => count <= blocks.length)) {
    const seen = observations.filter((one) => one.block <= (blocks[look - 1] ?? 0));
    state = afterLook(state, standAt(design, armSets, seen, look === design.looks[0] ? undefined : state.deltaNone));
    if (state.verdict) return state;
  }
  return isOver(design, observations, state.next) ? atTheEnd(design, armSets, observations, state) : state;
}

/** Where things stand after all of `observations`. The bound of "none" follows the noise, and never rises above `deltaNone`. */
export function standAt(
  design: Design,
  armSets: ArmSets,
  observations: readonly Observation[],
  deltaNone = Infinity,
): Standing {
  const fitted = fitByArm(observations);
  const widest = Math.min(deltaNone, widened(design, fitted.overall.sigma ?? 0));
  const late = observations.length >= rules.givesUpAfter * design.budgetSlices;
  return standingOf({ design, armSets, fit: fitted, deltaNone: widest, late });
}

/** Chasing a bound far below the noise would use up any budget: under high noise "none" is about lifts above the noise. */
function widened(design: Design, sigma: number): number {
  return design.widenNone && sigma >= rules.noisySigma ? Math.max(design.delta, sigma) : design.delta;
}

function blocksToLook(design: Design, observations: readonly Observation[], next: Block): number {
  const done = blocksOf(observations).length;
  const look = design.looks.find((count) => count > done) ?? Infinity;
  return Math.min(look - done, Math.floor(slicesLeft(design, observations) / next.arms.length));
}

function afterLook(before: Replay, standing: Standing): Replay {
  const masks = seeksSets(standing.design, standing.armSets);
  const stage = before.stage === 'B' || (masks && leavesSingles(standing)) ? 'B' : 'A';
  const verdict =
    claim(standing, before.stage) ??
    (stage === before.stage ? undefined : claim(standing, stage)) ??
    (masks ? undefined : noSingleLayer(standing)) ??
    tooNoisy(standing);
  return { stage, deltaNone: standing.deltaNone, next: nextBlock(standing, stage), verdict };
}

/** A single stub that is proven and large enough after all takes the questions of stage A up again. */
function nextBlock(standing: Standing, stage: Stage): Block {
  const resumes = standing.bestSeems && !standing.seemsMinor;
  return stage === 'A' || resumes ? nextForSingles(standing) : nextForSets(standing);
}

/** In stage B a lever must not even seem minor: the sets are being measured anyway. */
function claim(standing: Standing, stage: Stage): Verdict | undefined {
  const singles = (stage === 'B' && standing.seemsMinor ? undefined : leverClaim(standing)) ?? tieClaim(standing);
  return singles ?? (stage === 'B' ? setClaim(standing) : undefined) ?? noneClaim(standing);
}

function setClaim(standing: Standing): Verdict | undefined {
  const verdict = maskedClaim(standing);
  return verdict && verdict.unproven.length === verdict.layers.length ? noTellingArm(standing) : verdict;
}

function isOver(design: Design, observations: readonly Observation[], next: Block): boolean {
  return next.arms.length > slicesLeft(design, observations);
}

/** One last look at everything, also at blocks that no regular look has covered. */
function atTheEnd(design: Design, armSets: ArmSets, observations: readonly Observation[], state: Replay): Replay {
  const standing = standAt(design, armSets, observations, state.deltaNone);
  return { ...state, verdict: claim(standing, state.stage) ?? leverClaim(standing) ?? outOfBudget(standing) };
}

/** Sets are sought where the design asks for them, the ceiling has two layers or more, and the budget reaches that far. */
function seeksSets(design: Design, armSets: ArmSets): boolean {
  return design.stages === 'A+B' && design.budgetSlices >= slicesBeforeSets(armSets);
}

/** The fewest slices after which a masked set can be claimed: two blocks of stage A, one of stage B, one to confirm. */
function slicesBeforeSets(armSets: ArmSets): number {
  const largest = (arm: Arm): number => arm.stubbed.length;
  return rules.doubleBaselineBlocks * firstBlock(armSets).arms.length + Math.max(...armSets.ceilings.map(largest)) + 6;
}
