// The claims that single stubs and the ceiling can support: lever, tie, none.

import type { Arm } from '../../lib/layer.ts';
import { boundsOf, difference, liftOf, type Bounds } from '../fit/contrast.ts';
import { noneLevel } from './design.ts';
import { rules } from '../rules.ts';
import { ownBounds } from '../fit/scatter.ts';
import { allButOnes, bounds, estimate, lifts, seemsToLift, type Placed, type Standing } from './standing.ts';
import type { Lift, Verdict } from './verdict.ts';

/** One layer lifts, is proven better than every other single stub, by more than is alike, and is not proven to be a minor part of the headroom. */
export function leverClaim(standing: Standing): Verdict | undefined {
  const [best, second] = standing.singles;
  if (!best || !standing.bestProven || standing.minor || equals(standing).length > 1) return undefined;
  const lift = liftIn(standing, best.arm);
  if (!lift || !allMeasured(standing)) return undefined;
  const next = second && lifts(standing, second.arm) ? { next: second.layer } : {};
  return { kind: 'lever', layer: best.layer, lift, ...next };
}

/** All layers that the best does not beat, or not by more than is alike, lift too; the least of them is proven to be nearly as good. */
export function tieClaim(standing: Standing): Verdict | undefined {
  const tied = equals(standing);
  const [best, last] = [tied[0], tied.at(-1)];
  if (!best || !last || best === last || standing.seemsMinor || standing.mayHide || !allMeasured(standing))
    return undefined;
  if (!tied.every((one) => lifts(standing, one.arm))) return undefined;
  const lift = liftIn(standing, last.arm);
  if (!lift || !alike(standing, best, last)) return undefined;
  return { kind: 'tie', layers: standing.design.layers.filter((l) => tied.some((one) => one.layer === l)), lift };
}

/** The best single stub, those that it is not proven to beat, and those that lift nearly as much, proven to: the best first. */
function equals(standing: Standing): readonly Placed[] {
  const { singles, contenders } = standing;
  const [best] = singles;
  const nearly = (one: Placed): boolean =>
    best !== undefined && seemsToLift(standing, one.arm) && alike(standing, best, one);
  return singles.filter((one) => contenders.includes(one) || nearly(one));
}

/** For a tie every other must pass, so the level is not shared over the layers. */
export function alike(standing: Standing, best: Placed, other: Placed): boolean {
  const gap = boundsOf(standing.fit, difference(best.arm, other.arm), noneLevel(standing.design));
  return gap !== undefined && gap.high < rules.alike;
}

/**
 * Every ceiling is proven to lift by less than `deltaNone`, hence, as stubs do not slow, does every arm below it. That none
 * slows once the others are gone must have been looked at. A single stub, or all stubs but one, whose estimate says otherwise
 * forbids the claim. More than was asked for is excluded late only, and while nothing seems to lift by what was asked for.
 */
export function noneClaim(standing: Standing): Verdict | undefined {
  const { design, armSets, deltaNone } = standing;
  const bound = Math.max(...standing.ceilings.map((arm) => ceilingBound(standing, arm)));
  if (bound >= deltaNone || standing.singles.some((one) => one.estimate >= deltaNone)) return undefined;
  if (unaskedFor(standing).length > 0) return undefined;
  const lifting = standing.ceilings.some((arm) => (estimate(standing, arm.id) ?? 0) >= design.delta);
  if (deltaNone > design.delta && (!standing.late || lifting)) return undefined;
  return {
    kind: 'none',
    bound: Math.exp(bound),
    delta: Math.exp(deltaNone),
    widened: deltaNone > design.delta,
    covers: standing.ceilings.map((arm) => arm.stubbed),
    untested: armSets.untested,
  };
}

/** The upper bound of a ceiling's lift, in ln units; Infinity if not measured. */
export function ceilingBound(standing: Standing, ceiling: Arm): number {
  const level = noneLevel(standing.design);
  return ownBounds(standing.fit, liftOf(ceiling.id), { pooled: level, own: standing.design.alpha })?.high ?? Infinity;
}

/** Arms with all stubs but one that were not measured yet, or may lift by what "none" must exclude. */
export function unaskedFor(standing: Standing): readonly Arm[] {
  return allButOnes(standing)
    .map(({ arm }) => ({ arm, found: boundsOf(standing.fit, liftOf(arm.id), rules.suspicion) }))
    .filter(({ found }) => !found || (found.low > 0 && found.estimate >= standing.deltaNone))
    .map(({ arm }) => arm);
}

/** By their estimates neither a ceiling nor a single stub lifts: the data looks like "none". */
export function looksLikeNone(standing: Standing): boolean {
  if (standing.headroom) return false;
  const estimates = standing.ceilings.map((arm) => estimate(standing, arm.id) ?? -Infinity);
  return [...estimates, ...standing.singles.map((one) => one.estimate)].every((lift) => lift < standing.deltaNone);
}

/** The lift of an arm as a ratio, with bounds. */
export function liftIn(standing: Standing, arm: string): Lift | undefined {
  const found = bounds(standing, liftOf(arm));
  return found && asRatio(found);
}

export function asRatio(found: Bounds): Lift {
  return { estimate: Math.exp(found.estimate), low: Math.exp(found.low), high: Math.exp(found.high) };
}

/** The lift of all stubs together, if measured. */
export function headroomLift(standing: Standing): Lift | undefined {
  return standing.top && liftIn(standing, standing.top.arm.id);
}

/** Every single stub that the host offers was measured: else "best of all" would be said of a part. */
function allMeasured(standing: Standing): boolean {
  return standing.singles.length === standing.armSets.singles.length;
}
