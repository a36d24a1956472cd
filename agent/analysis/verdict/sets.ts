// Which set of layers is behind the headroom when no single one is: the claim "these layers hide one another".
//
// Sets are tried from small to large. All smaller ones are ruled out by necessity (see needs.ts) or because their own arm is
// proven to save less than three fifths of the time that all stubs save; the first size at which an arm saves more names the set.

import type { Arm, Layer } from '../../lib/layer.ts';
import { liftIn } from './claims.ts';
import { needsOf, type Need } from './necessity.ts';
import { rules } from '../rules.ts';
import { savedInSum, savesLess, savesMore } from './saved.ts';
import { armWith, setsWith } from './arm-sets.ts';
import { estimate, lifts, seemsToLift, type Standing } from './standing.ts';
import type { LayerLift, MaskedVerdict } from './verdict.ts';

/** The arms that could explain the headroom if the layers that seem necessary are: the smallest size not ruled out yet. */
export function impliedSets(standing: Standing, needs: readonly Need[]): readonly Arm[] {
  return openSets(
    standing,
    needs.filter((need) => need.seems).map((need) => need.layer),
  );
}

/** The arm is proven to save too little to explain the headroom. */
export function fallsShort(standing: Standing, arm: Arm): boolean {
  const { top } = standing;
  return top !== undefined && savesLess(standing, arm.id, top.arm.id, rules.sufficient);
}

/**
 * A set that explains the headroom while no smaller one can. With two or more necessary layers that is all;
 * with fewer, every single stub must be proven minor, and without any, every layer must be proven spare. No claim while a
 * proven single stub seems to explain enough by itself.
 */
export function maskedClaim(standing: Standing): MaskedVerdict | undefined {
  const { top } = standing;
  if (!top || !standing.headroomProven || (standing.bestSeems && !standing.seemsMinor)) return undefined;
  const needs = needsOf(standing);
  const necessary = needs.filter((need) => need.proven === 'necessary').map((need) => need.layer);
  if (necessary.length < 2 && !standing.minor) return undefined;
  if (necessary.length === 0 && needs.some((need) => need.arm && need.proven === 'open')) return undefined;
  const found = openSets(standing, necessary).filter((arm) => explains(standing, top.arm, arm) && hides(standing, arm));
  return verdictOf(standing, found, necessary);
}

/** Feasible arms of one size with at least `layers` stubbed: the smallest size, two or more, that is not ruled out. */
function openSets(standing: Standing, layers: readonly Layer[]): readonly Arm[] {
  const { top, armSets } = standing;
  if (!top) return [];
  const sets = setsWith(armSets, top.arm, layers);
  for (let size = 2; size <= top.arm.stubbed.length; size++) {
    const ofSize = sets.filter((arm) => arm.stubbed.length === size);
    if (!ofSize.every((arm) => fallsShort(standing, arm))) return ofSize;
  }
  return [];
}

function explains(standing: Standing, top: Arm, arm: Arm): boolean {
  return lifts(standing, arm.id) && savesMore(standing, arm.id, top.id, rules.sufficient);
}

/** The set saves more than its layers do one by one; where none of them lifts that needs no proof. */
function hides(standing: Standing, set: Arm): boolean {
  const singles = standing.singles.filter(({ layer }) => set.stubbed.includes(layer)).map(({ arm }) => arm);
  if (!singles.some((arm) => seemsToLift(standing, arm))) return true;
  return savedInSum(standing, singles, set.id, { share: rules.addsUp, level: rules.addsUpDoubt }) === 'less';
}

function verdictOf(standing: Standing, found: readonly Arm[], necessary: readonly Layer[]): MaskedVerdict | undefined {
  const byLift = [...found].sort((a, b) => (estimate(standing, b.id) ?? 0) - (estimate(standing, a.id) ?? 0));
  const [first, ...others] = byLift;
  const lift = first && liftIn(standing, first.id);
  if (!first || !lift) return undefined;
  return {
    kind: 'masked',
    layers: first.stubbed,
    lift,
    alternatives: others.map((arm) => arm.stubbed),
    minor: partialLifts(standing, first),
    unproven: first.stubbed.filter((layer) => !necessary.includes(layer) && !needed(standing, first, layer)),
  };
}

/** Layers of the set whose own stub lifts already. */
function partialLifts(standing: Standing, set: Arm): readonly LayerLift[] {
  return standing.singles.flatMap(({ layer, arm }) => {
    const lift = set.stubbed.includes(layer) && lifts(standing, arm) ? liftIn(standing, arm) : undefined;
    return lift ? [{ layer, lift }] : [];
  });
}

/** The set without `layer` was measured and falls short; a single stub does so by being minor. */
function needed(standing: Standing, set: Arm, layer: Layer): boolean {
  const rest = armWith(
    standing.armSets,
    set.stubbed.filter((other) => other !== layer),
  );
  if (!rest) return false;
  return fallsShort(standing, rest) || (standing.minor && rest.stubbed.length === 1);
}
