// One look at the data: where every single stub and the ceiling stand, in the words in which the claims are put.

import type { Arm, Layer } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';
import { boundsOf, difference, estimateOf, liftOf, type Bounds, type Contrast } from '../fit/contrast.ts';
import { layerLevel, noneLevel, ownLevel, type Design } from './design.ts';
import { rules } from '../rules.ts';
import { savedInSum, savedOf, savesLess } from './saved.ts';
import { ownBounds, type ArmFit } from '../fit/scatter.ts';
import { allBut, armWith, type ArmSets } from './arm-sets.ts';

export interface Look {
  readonly design: Design;
  readonly armSets: ArmSets;
  readonly fit: ArmFit;
  /** The lift, in ln units, that "none" must exclude: `design.delta`, or more where the noise asks for it. */
  readonly deltaNone: number;
  /** Half of the budget is used: less than what was asked for may be claimed. */
  readonly late: boolean;
}

export interface Placed {
  readonly layer: Layer;
  readonly arm: string;
  /** Lift in ln units. */
  readonly estimate: number;
}

export interface Standing extends Look {
  /** Measured single stubs, best first. */
  readonly singles: readonly Placed[];
  /** Those that the best is not proven to beat, and beside them those that lift nearly as much, the best first. */
  readonly contenders: readonly Placed[];
  /** Layers whose stub seems to lower goodput, alone or once the others are gone. */
  readonly slowing: readonly Layer[];
  /** The arms that bound what all others can lift: `armSets.ceilings`, the same without the stubs that slow, and what beats them. */
  readonly ceilings: readonly Arm[];
  /** The measured ceiling with the highest lift. */
  readonly top: { readonly arm: Arm; readonly estimate: number } | undefined;
  /** The ceiling's lift is real and matters, if its noise is like that of the other arms: enough to choose what to measure. */
  readonly headroom: boolean;
  /** The same whatever its noise: enough for a claim. */
  readonly headroomProven: boolean;
  /** The best single stub lifts, if its noise is like that of the other arms; and whatever its noise. */
  readonly bestSeems: boolean;
  readonly bestProven: boolean;
  /** The best single stub seems to explain too little of the headroom, and single stubs do not add up to it. */
  readonly seemsMinor: boolean;
  /** It explains little, and the noise leaves open whether single stubs add up to the headroom. */
  readonly mayHide: boolean;
  /** It lifts, and the noise leaves open whether single stubs add up to the headroom: then no set hides itself. */
  readonly mayAddUp: boolean;
  /** It is proven to. */
  readonly minor: boolean;
}

export function standingOf(look: Look): Standing {
  const singles = placed(look);
  const [best] = singles;
  const beating = betterWithout(look);
  const slowing = [...new Set([...slowed(look), ...beating.map(({ layer }) => layer)])];
  const ceilings = withoutSlowing(
    look.armSets,
    slowing,
    beating.map(({ arm }) => arm),
  );
  const top = highest(look, ceilings);
  const gains = top !== undefined && top.estimate >= look.design.delta;
  const headroom = gains && above(look, liftOf(top.arm.id), 0);
  const parts = top && best ? partsOf(look.armSets, top.arm, best) : [];
  const apart = top !== undefined && !addUp(look, parts, top);
  const contenders = contending(look, singles);
  const inSum = (level: number): string | undefined =>
    top && savedInSum(look, parts, top.arm.id, { share: rules.addsUp, level });
  const isWhole = contenders.length === top?.arm.stubbed.length;
  const little = top !== undefined && savedOf(best?.estimate ?? 0) < rules.minor * savedOf(top.estimate);
  return {
    ...look,
    singles,
    contenders,
    slowing,
    ceilings,
    top,
    headroom,
    headroomProven: gains && (claimBounds(look, liftOf(top.arm.id))?.low ?? 0) > 0,
    bestSeems: best !== undefined && seemsToLift(look, best.arm),
    bestProven: best !== undefined && lifts(look, best.arm),
    seemsMinor: apart && little,
    mayHide: little && inSum(isWhole ? rules.addsUpDoubt : rules.addsUpDoubtOfSome) !== 'more',
    mayAddUp: inSum(rules.addsUpDoubt) !== 'less' && best !== undefined && seemsToLift(look, best.arm),
    minor:
      apart &&
      little &&
      headroom &&
      doubted(look, singles).every((one) => savesLess(look, one.arm, top.arm.id, rules.minorProven)),
  };
}

/** Bounds of a lift that a claim needs, whatever the noise of its arm and at each of the looks. */
function claimBounds(look: Look, contrast: Contrast): Bounds | undefined {
  return ownBounds(look.fit, contrast, { pooled: layerLevel(look.design), own: ownLevel(look.design) });
}

/**
 * Bounds of a lift as they are printed: never wider than those of a claim, so what is claimed shows. An arm's own scatter counts
 * at the level of one look, or two slices that agree would say nothing.
 */
export function bounds(look: Look, contrast: Contrast): Bounds | undefined {
  return ownBounds(look.fit, contrast, { pooled: layerLevel(look.design), own: look.design.alpha });
}

/** Bounds at the same level if arms are about as noisy as one another: of differences between arms that both lift or not. */
export function pooledBounds(look: Look, contrast: Contrast): Bounds | undefined {
  return boundsOf(look.fit, contrast, layerLevel(look.design));
}

/** The contrast is proven to exceed `threshold` (ln units), if arms are about as noisy as one another. */
export function above(look: Look, contrast: Contrast, threshold: number): boolean {
  const found = pooledBounds(look, contrast);
  return found !== undefined && found.low > threshold;
}

/** The arm is proven to lift, by an amount that matters. */
export function lifts(look: Look, arm: string): boolean {
  return matters(look, claimBounds(look, liftOf(arm)));
}

/** The same if the arm is about as noisy as the others: enough to choose what to measure. */
export function seemsToLift(look: Look, arm: string): boolean {
  return matters(look, pooledBounds(look, liftOf(arm)));
}

function matters({ design }: Look, found: Bounds | undefined): boolean {
  return found !== undefined && found.low > rules.guard * design.delta && found.estimate >= design.delta;
}

/** The estimated lift of an arm in ln units; undefined if not measured. */
export function estimate(look: Look, arm: string): number | undefined {
  return estimateOf(look.fit, liftOf(arm));
}

/** The best single stub, and those so noisy that their estimate may be far below the truth. */
export function doubted({ fit }: Pick<Look, 'fit'>, singles: readonly Placed[]): readonly Placed[] {
  return singles.filter((one, place) => place === 0 || fit.weights.has(one.arm));
}

/** The single stub of each layer of the ceiling; one that cannot be stubbed alone has the credit of the best. */
function partsOf(armSets: ArmSets, top: Arm, best: Placed): readonly string[] {
  return top.stubbed.map((layer) => armSets.singles.find((one) => one.layer === layer)?.arm ?? best.arm);
}

/** The savings of single stubs add up to most of what they save together: latencies in series, none of which hides another. */
function addUp(look: Look, parts: readonly string[], top: { readonly estimate: number }): boolean {
  const saved = parts.map((arm) => Math.max(0, savedOf(estimate(look, arm) ?? 0)));
  return sum(saved) >= rules.addsUp * savedOf(top.estimate);
}

/** That stubs do not slow is what makes a ceiling one: a stub that does must be kept out of it. */
function withoutSlowing(armSets: ArmSets, slowing: readonly Layer[], beating: readonly Arm[]): readonly Arm[] {
  const free = armSets.ceilings.map((arm) => arm.stubbed.filter((layer) => !slowing.includes(layer)));
  return [...new Set([...armSets.ceilings, ...free.flatMap((layers) => armWith(armSets, layers) ?? []), ...beating])];
}

/** The arms with all of a ceiling stubbed but one layer, where the host can set them up. */
export function allButOnes({
  armSets,
}: Pick<Look, 'armSets'>): readonly { readonly layer: Layer; readonly arm: Arm }[] {
  return armSets.ceilings.flatMap((ceiling) =>
    ceiling.stubbed.flatMap((layer) => {
      const arm = allBut(armSets, ceiling, layer);
      return arm ? [{ layer, arm, ceiling }] : [];
    }),
  );
}

/** Layers without whose stub all others do better: it costs only once they are gone, so it does not show alone. */
function betterWithout(look: Look): readonly { readonly layer: Layer; readonly arm: Arm }[] {
  return look.armSets.ceilings.flatMap((ceiling) =>
    ceiling.stubbed.flatMap((layer) => {
      const arm = allBut(look.armSets, ceiling, layer);
      const found = arm && pooledBounds(look, difference(arm.id, ceiling.id));
      return arm && found && found.low > 0 && found.estimate > look.design.delta ? [{ layer, arm }] : [];
    }),
  );
}

/** Weak evidence is enough: a wrong suspicion costs a few slices, a missed one hides a lift. */
function slowed(look: Look): readonly Layer[] {
  return look.armSets.singles.flatMap(({ layer, arm }) => {
    const found = boundsOf(look.fit, liftOf(arm), noneLevel(look.design));
    return found && found.high < 0 && found.estimate < -look.design.delta ? [layer] : [];
  });
}

function placed(look: Look): readonly Placed[] {
  return look.armSets.singles
    .flatMap(({ layer, arm }) => {
      const lift = estimate(look, arm);
      return lift === undefined ? [] : [{ layer, arm, estimate: lift }];
    })
    .sort((a, b) => b.estimate - a.estimate);
}

/** Where several are level, one that seems to be behind by less than anyone would act on is still among them. */
function contending(look: Look, singles: readonly Placed[]): readonly Placed[] {
  const [best] = singles;
  if (!best) return [];
  const unbeaten = singles.filter((one) => one === best || !above(look, difference(best.arm, one.arm), 0));
  if (unbeaten.length < 2) return unbeaten;
  const isNear = (one: Placed): boolean => best.estimate - one.estimate < rules.alike && seemsToLift(look, one.arm);
  return singles.filter((one) => unbeaten.includes(one) || isNear(one));
}

function highest(look: Look, ceilings: readonly Arm[]): Standing['top'] {
  return ceilings
    .flatMap((arm) => {
      const lift = estimate(look, arm.id);
      return lift === undefined ? [] : [{ arm, estimate: lift }];
    })
    .sort((a, b) => b.estimate - a.estimate)[0];
}
