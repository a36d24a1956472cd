// A stub must beat what it replaces, or no lift of it does not mean that its layer is innocent. Judged by the time that an
// I/O spends in the layer itself: as deployed in the baseline, and as the stub where only that layer is stubbed; and once more
// with all others stubbed, since a stub may cost only at the rate that they hold back.

import { baselineId, nameArm } from '../../lib/arm.ts';
import type { Layer } from '../../lib/layer.ts';
import { mean, sampleVariance } from '../../lib/numbers.ts';
import type { Analysis } from '../verdict/analyse.ts';
import type { Design } from '../verdict/design.ts';
import { tQuantile } from '../fit/quantile.ts';
import { namedIn, type InconclusiveVerdict, type PoorStub } from '../verdict/verdict.ts';

/** Where an I/O of one slice spent its time, nanoseconds: means over all I/Os. Layers without figures are left out. */
export interface SliceLatency {
  readonly arm: string;
  readonly ownNs: Partial<Readonly<Record<Layer, number>>>;
  /** Through the whole stack. */
  readonly throughNs: number;
}

/**
 * The stubs that are proven to take longer than what they replace, by a share of the whole way that would matter (the
 * design's `delta`). Student's t, one-sided, at the design's `alpha` over all layers; two slices of each are needed, and with
 * all others stubbed two of the stub and one of what it replaces.
 */
export function poorStubs(design: Design, slices: readonly SliceLatency[]): readonly PoorStub[] {
  const baseline = slices.filter(({ arm }) => arm === baselineId);
  if (baseline.length < 2) return [];
  const throughNs = mean(baseline.map((slice) => slice.throughNs));
  const inArm = (stubbed: readonly Layer[]): readonly SliceLatency[] => {
    const { id } = nameArm(stubbed, design.layers);
    return slices.filter(({ arm }) => arm === id);
  };
  return design.layers.flatMap((layer): readonly PoorStub[] => {
    const share = mean(own(baseline, layer)) / throughNs;
    const others = design.layers.filter((other) => other !== layer);
    const first = slower(design, layer, { stub: inArm([layer]), deployed: baseline, fewest: 2 });
    if (first) return [{ ...first, share, onceAlone: false }];
    if (others.length === 0) return [];
    const last = slower(design, layer, { stub: inArm(design.layers), deployed: inArm(others), fewest: 1 });
    return last ? [{ ...last, share, onceAlone: true }] : [];
  });
}

interface Pair {
  readonly stub: readonly SliceLatency[];
  readonly deployed: readonly SliceLatency[];
  /** The fewest slices of what is deployed. */
  readonly fewest: number;
}

/** The layer's stub is proven to take longer in the one arm than what it replaces in the other. */
function slower(
  design: Design,
  layer: Layer,
  { stub, deployed, fewest }: Pair,
): Pick<PoorStub, 'layer' | 'deployedNs' | 'stubNs'> | undefined {
  const [stubbed, without] = [own(stub, layer), own(deployed, layer)];
  if (stubbed.length < 2 || without.length < fewest) return undefined;
  const level = 1 - design.alpha / design.layers.length;
  const throughNs = mean(deployed.map((slice) => slice.throughNs));
  if (leastDifference(stubbed, without, level) <= design.delta * throughNs) return undefined;
  return { layer, deployedNs: mean(without), stubNs: mean(stubbed) };
}

/** "None" needs every stub to be good; a lift that is proven stays, unless a poor stub may hide a greater one. */
export function withCalibration(analysis: Analysis, design: Design, poor: readonly PoorStub[]): Analysis {
  const { verdict } = analysis;
  const named = namedIn(verdict);
  const doubted = poor.filter(
    ({ layer, share }) => verdict.kind === 'none' || (!named.includes(layer) && share > design.delta),
  );
  if (doubted.length === 0 || verdict.kind === 'outside' || verdict.kind === 'inconclusive') return analysis;
  const layers = doubted.map(({ layer }) => layer);
  const withheld: InconclusiveVerdict = {
    kind: 'inconclusive',
    why: { kind: 'poor-stubs', stubs: doubted },
    candidates: design.layers.filter((layer) => named.includes(layer) || layers.includes(layer)),
    proven: named,
    poorStubs: layers,
  };
  return { ...analysis, verdict: withheld };
}

export interface PoorStubCaveat {
  readonly kind: 'poor-stub';
  readonly stub: PoorStub;
}

/** Poor stubs that leave the verdict as it is. */
export function calibrationCaveats({ verdict }: Analysis, poor: readonly PoorStub[]): readonly PoorStubCaveat[] {
  const told = verdict.kind === 'inconclusive' ? (verdict.poorStubs ?? []) : [];
  return poor.filter(({ layer }) => !told.includes(layer)).map((stub) => ({ kind: 'poor-stub', stub }));
}

function own(slices: readonly SliceLatency[], layer: Layer): readonly number[] {
  return slices.flatMap(({ ownNs }) => ownNs[layer] ?? []);
}

/** Lower bound of the difference of two means, by the pooled variance of both samples; one of a single value adds none. */
function leastDifference(a: readonly number[], b: readonly number[], level: number): number {
  const degrees = a.length + b.length - 2;
  const squares = (some: readonly number[]): number => (some.length < 2 ? 0 : (some.length - 1) * sampleVariance(some));
  const pooled = (squares(a) + squares(b)) / degrees;
  return mean(a) - mean(b) - tQuantile(level, degrees) * Math.sqrt(pooled * (1 / a.length + 1 / b.length));
}
