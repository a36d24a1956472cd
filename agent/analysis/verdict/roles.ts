// The two sides of every layer: what its stub lifts now, and how far the rest could go with only this layer deployed.

import type { Layer } from '../../lib/layer.ts';
import { asRatio, liftIn } from './claims.ts';
import { deployedAlone } from './deployed-alone.ts';
import { boundsOf, liftOf } from '../fit/contrast.ts';
import { rules } from '../rules.ts';
import { savedOf } from './saved.ts';
import { bounds, estimate, type Standing } from './standing.ts';
import type { LayerLift, Lift } from './verdict.ts';

/** How `now` and `ceiling` read together; a description by estimates, not a claim. */
export type Involvement =
  /** Stubbing it lifts, and with it alone deployed nothing is gained. */
  | 'sole-bottleneck'
  /** Stubbing it lifts nothing, yet with it alone deployed nothing is gained either: another layer limits equally. */
  | 'co-bottleneck'
  /** Stubbing it lifts, and so does stubbing all others: it adds latency, or its cap binds through latency beneath. */
  | 'contributor'
  /** Stubbing it lifts nothing; with it alone deployed goodput stops short of the headroom: the limit after this one. */
  | 'next-limit'
  | 'not-involved'
  | 'unknown';

export interface LayerReading {
  readonly layer: Layer;
  /** Lift of stubbing this layer alone. */
  readonly now: Lift | undefined;
  /** Lift of stubbing all but this layer: what fixing everything else could gain at most. */
  readonly ceiling: Lift | undefined;
  readonly involvement: Involvement;
  /** Proven not to limit: its own lift is within +-`delta` (each side at 5 %), and the others gain with it deployed. */
  readonly cleared: boolean;
  /**
   * Share of the headroom credited to the layer: half of what its stub adds first, half of what it adds last (the
   * Shapley value over two of its orders). Explains, never decides: a masked layer has credit but lifts nothing alone.
   */
  readonly share: number | undefined;
}

export function readingsOf(standing: Standing): readonly LayerReading[] {
  const ends = deployedAlone(standing);
  return standing.design.layers.map((layer) => {
    const single = standing.armSets.singles.find((one) => one.layer === layer);
    const now = single && estimate(standing, single.arm);
    const alone = ends?.alone.get(layer);
    const both = ends && now !== undefined && alone ? { now, alone: alone.lift, all: ends.all } : undefined;
    return {
      layer,
      now: single && liftIn(standing, single.arm),
      ceiling: alone && liftIn(standing, alone.arm),
      involvement: both ? involvementOf(standing, both) : 'unknown',
      cleared: both !== undefined && both.alone >= standing.design.delta && isFlat(standing, single?.arm),
      share: both && standing.headroom ? creditOf(both) : undefined,
    };
  });
}

/** Lifts in ln units: the layer's stub alone, all others' stubs, all stubs. */
interface Both {
  readonly now: number;
  readonly alone: number;
  readonly all: number;
}

/** Share of the time of an I/O that all stubs save: half of what the layer's stub saves first, half of what it saves last. */
function creditOf({ now, alone, all }: Both): number {
  return (savedOf(now) + savedOf(all) - savedOf(alone)) / (2 * savedOf(all));
}

/** Single stubs proven to lower goodput by more than `delta`: a finding of its own, often lost batching or merging. */
export function slowing(standing: Standing): readonly LayerLift[] {
  return standing.armSets.singles.flatMap(({ layer, arm }) => {
    const found = bounds(standing, liftOf(arm));
    return found && found.high < -standing.design.delta ? [{ layer, lift: asRatio(found) }] : [];
  });
}

function involvementOf({ headroom, design }: Standing, { now, alone, all }: Both): Involvement {
  if (!headroom) return 'not-involved';
  const [helps, gains] = [now >= design.delta, alone >= design.delta];
  if (helps) return gains ? 'contributor' : 'sole-bottleneck';
  if (!gains) return 'co-bottleneck';
  return all - alone >= design.delta ? 'next-limit' : 'not-involved';
}

/** Two one-sided tests; under high noise an interval says more than a "no", so none is given. */
function isFlat({ fit, design }: Standing, arm: string | undefined): boolean {
  const found = arm === undefined ? undefined : boundsOf(fit, liftOf(arm), 0.05);
  const quiet = fit.sigma !== undefined && fit.sigma < rules.noisySigma;
  return quiet && found !== undefined && found.low > -design.delta && found.high < design.delta;
}
