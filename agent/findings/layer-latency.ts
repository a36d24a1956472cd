// Where an I/O spends its time, by what the junctions saw (pure).

import { sum } from '../lib/numbers.ts';
import { type Layer, layers } from '../lib/layer.ts';
import type { SliceRecord } from '../records/slice.ts';

export interface LayerLatency {
  readonly layer: Layer;
  /** In this layer and all below it. */
  readonly throughNs: number;
  /** In the layer itself: its junction less the next lower one, never below 0. */
  readonly ownNs: number;
}

/** Means over all I/Os of `slices`, bottom to top; layers without figures are left out. */
export function layerLatencies(slices: readonly Pick<SliceRecord, 'junctions'>[]): readonly LayerLatency[] {
  const junctions = slices.flatMap((slice) => slice.junctions);
  const seen = layers.flatMap((layer) => throughOf(layer, junctions));
  return seen.map((one, i) => ({ ...one, ownNs: Math.max(0, one.throughNs - (seen[i - 1]?.throughNs ?? 0)) }));
}

function throughOf(layer: Layer, junctions: SliceRecord['junctions']): { layer: Layer; throughNs: number }[] {
  const own = junctions.filter((junction) => junction.layer === layer);
  const throughNs = weightedMean(own.map(({ meanLatencyNs, iosPerSecond }) => [meanLatencyNs, iosPerSecond]));
  return throughNs === null ? [] : [{ layer, throughNs }];
}

/** The mean of `pairs`, each a value and its weight; null without weight. */
export function weightedMean(pairs: readonly (readonly [number, number])[]): number | null {
  const total = sum(pairs.map(([, weight]) => weight));
  return total > 0 ? sum(pairs.map(([value, weight]) => value * weight)) / total : null;
}
