// A stub must beat what it replaces, or no lift of it does not mean that its layer is innocent. Judged by the time that an
// I/O spends in the layer itself: as deployed in the baseline, and as the stub where only that layer is stubbed.

import { baselineId, nameArm } from '../lib/arm.ts';
import type { Layer } from '../lib/layer.ts';
import { mean, sampleVariance } from '../lib/numbers.ts';
import type { Analysis } from './analyse.ts';
import type { Design } from './design.ts';
import { tQuantile } from './quantile.ts';
import { namedIn, type InconclusiveVerdict } from './verdict.ts';

/** Where an I/O of one slice spent its time, nanoseconds: means over all I/Os. Layers without figures are left out. */
export interface SliceLatency {
  readonly arm: string;
  readonly ownNs: Partial<Readonly<Record<Layer, number>>>;
  /** Through the whole stack. */
  readonly throughNs: number;
}

export interface PoorStub {
  readonly layer: Layer;
  readonly deployedNs: number;
  readonly stubNs: number;
  /** Of the time through the whole stack as deployed, a share. */
  readonly share: number;
}

/**
 * The stubs that are proven to take longer than what they replace, by a share of the whole way that would matter (the
 * design's `delta`). Student's t, one-sided, at the design's `alpha` over all layers; two slices of each are needed.
 */
export function poorStubs(design: Design, slices: readonly SliceLatency[]): readonly PoorStub[] {
  const baseline = slices.filter(({ arm }) => arm === baselineId);
  if (baseline.length < 2) return [];
  const throughNs = mean(baseline.map((slice) => slice.throughNs));
  return design.layers.flatMap((layer) => {
    const alone = nameArm([layer], design.layers).id;
    const deployed = own(baseline, layer);
    const stub = own(
      slices.filter(({ arm }) => arm === alone),
      layer,
    );
    if (deployed.length < 2 || stub.length < 2) return [];
    const level = 1 - design.alpha / design.layers.length;
    if (leastDifference(stub, deployed, level) <= design.delta * throughNs) return [];
    return [{ layer, deployedNs: mean(deployed), stubNs: mean(stub), share: mean(deployed) / throughNs }];
  });
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
    why: doubted.map(reason).join('; '),
    candidates: design.layers.filter((layer) => named.includes(layer) || layers.includes(layer)),
    proven: named,
    poorStubs: layers,
  };
  return { ...analysis, verdict: withheld };
}

/** Poor stubs that leave the verdict as it is, as caveats. */
export function calibrationCaveats({ verdict }: Analysis, poor: readonly PoorStub[]): readonly string[] {
  const told = verdict.kind === 'inconclusive' ? (verdict.poorStubs ?? []) : [];
  return poor.filter(({ layer }) => !told.includes(layer)).map(reason);
}

function reason({ layer, stubNs, deployedNs }: PoorStub): string {
  return `the stub of ${layer} takes ${milliseconds(stubNs)} for each I/O, what it replaces ${milliseconds(deployedNs)}: it says nothing of ${layer}`;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toPrecision(2)} ms`;
}

function own(slices: readonly SliceLatency[], layer: Layer): readonly number[] {
  return slices.flatMap(({ ownNs }) => ownNs[layer] ?? []);
}

/** Lower bound of the difference of two means, by the pooled variance of both samples. */
function leastDifference(a: readonly number[], b: readonly number[], level: number): number {
  const degrees = a.length + b.length - 2;
  const pooled = ((a.length - 1) * sampleVariance(a) + (b.length - 1) * sampleVariance(b)) / degrees;
  return mean(a) - mean(b) - tQuantile(level, degrees) * Math.sqrt(pooled * (1 / a.length + 1 / b.length));
}
