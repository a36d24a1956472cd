// Everything that a report prints, recomputed from the slices alone: live after a block, or offline from a run's folder.

import { everyArm } from '../../lib/arm.ts';
import type { Layer } from '../../lib/layer.ts';
import { asRatio } from './claims.ts';
import { composition, type Composition } from './composition.ts';
import { liftOf } from '../fit/contrast.ts';
import { layerLevel, type Design } from './design.ts';
import { replay, standAt, type Stage } from './engine.ts';
import { stillMeasuring } from './inconclusive.ts';
import { blocksOf, checkObservations, type Observation } from '../fit/observation.ts';
import { outlook, type Outlook } from './outlook.ts';
import { readingsOf, slowing, type LayerReading } from './roles.ts';
import { armSetsOf } from './arm-sets.ts';
import { bounds, type Standing } from './standing.ts';
import type { LayerLift, Lift, Verdict } from './verdict.ts';

export interface ArmLift {
  readonly arm: string;
  readonly stubbed: readonly Layer[];
  readonly slices: number;
  /** Over the baseline, with bounds at the level of one claim; undefined for the baseline and with too few slices. */
  readonly lift: Lift | undefined;
}

export interface Analysis {
  /** The verdict; `inconclusive` while the engine asks for more. */
  readonly verdict: Verdict;
  readonly decided: boolean;
  readonly stage: Stage;
  readonly blocks: number;
  readonly slices: number;
  /** Coefficient of variation of one slice once drift is taken out (a share, 0.05 = 5 %); undefined with too few slices. */
  readonly sigma: number | undefined;
  /** Measured arms, fewer stubs first. */
  readonly arms: readonly ArmLift[];
  /** One reading a layer, in layer order. */
  readonly layers: readonly LayerReading[];
  /** Single stubs that are proven to lower goodput: "stubs do not slow" does not hold, sets are to be read with care. */
  readonly slows: readonly LayerLift[];
  /** Layers that no feasible arm stubs alone; those that none stubs at all are in a `none` verdict. */
  readonly untested: readonly Layer[];
  /** How the layers combine, once every "all but one" was measured. */
  readonly composition: Composition | undefined;
  /** The lift (a ratio) that "none" excludes, and whether the noise has widened it beyond the one asked for. */
  readonly noneDelta: { readonly ratio: number; readonly widened: boolean };
  /** One-sided level of each bound. */
  readonly level: number;
  /** The lift that more slices would prove at this noise. */
  readonly outlook: Outlook | undefined;
}

/**
 * The full reading of `observations` under `design`.
 *
 * @throws ProfileError when an observation is unusable; InternalError when the design has no stub arm.
 */
export function analyse(design: Design, observations: readonly Observation[]): Analysis {
  const checked = checkObservations(observations, design.layers);
  const [armSets, state] = [armSetsOf(design), replay(design, checked)];
  const standing = standAt(design, armSets, checked, state.deltaNone);
  const { sigma } = standing.fit.overall;
  return {
    verdict: state.verdict ?? stillMeasuring(standing),
    decided: state.verdict !== undefined,
    stage: state.stage,
    blocks: blocksOf(checked).length,
    slices: checked.length,
    sigma,
    arms: armLifts(standing, checked),
    layers: readingsOf(standing),
    slows: slowing(standing),
    untested: design.layers.filter((layer) => !armSets.singles.some((one) => one.layer === layer)),
    composition: composition(standing),
    noneDelta: { ratio: Math.exp(state.deltaNone), widened: state.deltaNone > design.delta },
    level: layerLevel(design),
    outlook: sigma === undefined ? undefined : outlook(design, sigma, promised(standing)),
  };
}

function promised({ deltaNone, top }: Standing): { deltaNone: number; headroom?: number } {
  return top && top.estimate > deltaNone ? { deltaNone, headroom: top.estimate } : { deltaNone };
}

function armLifts(standing: Standing, observations: readonly Observation[]): readonly ArmLift[] {
  return everyArm(standing.design.layers).flatMap(({ id, stubbed }) => {
    const slices = observations.filter((seen) => seen.arm === id).length;
    const found = stubbed.length > 0 ? bounds(standing, liftOf(id)) : undefined;
    return slices > 0 ? [{ arm: id, stubbed, slices, lift: found && asRatio(found) }] : [];
  });
}
