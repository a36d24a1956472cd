// One look at the data: where every single stub and the ceiling stand, in the words in which the claims are put.

import type { Arm, Layer } from '../lib/layer.ts';
import { boundsOf, difference, estimateOf, liftOf, type Bounds, type Contrast } from './contrast.ts';
import { layerLevel, noneLevel, type Design } from './design.ts';
import type { Fit } from './estimate.ts';
import { rules } from './rules.ts';
import { armWith, type Space } from './space.ts';

export interface Look {
  readonly design: Design;
  readonly space: Space;
  readonly fit: Fit;
  /** The lift, in ln units, that "none" must exclude: `design.delta`, or more where the noise asks for it. */
  readonly deltaNone: number;
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
  /** Those that the best is not proven to beat, the best first. */
  readonly contenders: readonly Placed[];
  /** Single stubs that seem to lower goodput. */
  readonly slowing: readonly Layer[];
  /** The arms that bound what all others can lift: `space.ceilings`, and the same without the stubs that slow. */
  readonly ceilings: readonly Arm[];
  /** The measured ceiling with the highest lift. */
  readonly top: { readonly arm: Arm; readonly estimate: number } | undefined;
  /** The ceiling's lift is real and matters. */
  readonly headroom: boolean;
  /** The best single stub lifts. */
  readonly bestProven: boolean;
  /** The best single stub seems to explain too little of the headroom. */
  readonly seemsMinor: boolean;
  /** It is proven to. */
  readonly minor: boolean;
}

export function standingOf(look: Look): Standing {
  const singles = placed(look);
  const [best] = singles;
  const slowing = slowed(look);
  const ceilings = withoutSlowing(look.space, slowing);
  const top = highest(look, ceilings);
  const headroom = top !== undefined && top.estimate >= look.design.delta && above(look, liftOf(top.arm.id), 0);
  return {
    ...look,
    singles,
    contenders: singles.filter((one) => one === best || !(best && above(look, difference(best.arm, one.arm), 0))),
    slowing,
    ceilings,
    top,
    headroom,
    bestProven: best !== undefined && lifts(look, best.arm),
    seemsMinor: top !== undefined && (best?.estimate ?? 0) < rules.minor * top.estimate,
    minor: top !== undefined && headroom && (!best || above(look, difference(top.arm.id, best.arm, rules.minor), 0)),
  };
}

/** Bounds at the level of a claim about one layer. */
export function bounds(look: Look, contrast: Contrast): Bounds | undefined {
  return boundsOf(look.fit, contrast, layerLevel(look.design));
}

/** The contrast is proven to exceed `threshold` (ln units). */
export function above(look: Look, contrast: Contrast, threshold: number): boolean {
  const found = bounds(look, contrast);
  return found !== undefined && found.low > threshold;
}

/** The arm is proven to lift, by an amount that matters. */
export function lifts(look: Look, arm: string): boolean {
  const found = bounds(look, liftOf(arm));
  return found !== undefined && found.low > rules.guard * look.design.delta && found.estimate >= look.design.delta;
}

/** The estimated lift of an arm in ln units; undefined if not measured. */
export function estimate(look: Look, arm: string): number | undefined {
  return estimateOf(look.fit, liftOf(arm));
}

/** That stubs do not slow is what makes a ceiling one: a stub that does must be kept out of it. */
function withoutSlowing(space: Space, slowing: readonly Layer[]): readonly Arm[] {
  const free = space.ceilings.map((arm) => arm.stubbed.filter((layer) => !slowing.includes(layer)));
  return [...new Set([...space.ceilings, ...free.flatMap((layers) => armWith(space, layers) ?? [])])];
}

/** Weak evidence is enough: a wrong suspicion costs a few slices, a missed one hides a lift. */
function slowed(look: Look): readonly Layer[] {
  return look.space.singles.flatMap(({ layer, arm }) => {
    const found = boundsOf(look.fit, liftOf(arm), noneLevel(look.design));
    return found && found.high < 0 && found.estimate < -look.design.delta ? [layer] : [];
  });
}

function placed(look: Look): readonly Placed[] {
  return look.space.singles
    .flatMap(({ layer, arm }) => {
      const lift = estimate(look, arm);
      return lift === undefined ? [] : [{ layer, arm, estimate: lift }];
    })
    .sort((a, b) => b.estimate - a.estimate);
}

function highest(look: Look, ceilings: readonly Arm[]): Standing['top'] {
  return ceilings
    .flatMap((arm) => {
      const lift = estimate(look, arm.id);
      return lift === undefined ? [] : [{ arm, estimate: lift }];
    })
    .sort((a, b) => b.estimate - a.estimate)[0];
}
