// Lifts on a common scale from "no change" to the largest bound, for the bars of text and HTML.

import type { Layer } from '../../lib/layer.ts';
import type { Lift } from '../../analysis/verdict/verdict.ts';
import { renderRatio } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';

/** Shares of the scale's length, 0..1. */
export interface Bar {
  readonly layer: Layer;
  readonly lift: Lift;
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

/** A bound further out than this many times the largest estimated gain is cut off: it would flatten all else. */
const farthest = 2;

export interface Scale {
  readonly bars: readonly Bar[];
  /** The ratio at the end of the scale. */
  readonly end: number;
  /** Its two ends in words. */
  readonly label: string;
}

/** Layers that were stubbed alone; a loss shows as an empty bar. */
export function scaleOf({ layers, settings }: ReportDocument): Scale {
  const measured = layers.flatMap(({ layer, lift }) => (lift ? [{ layer, lift }] : []));
  const gain = Math.max(settings.minimumLift - 1, ...measured.map(({ lift }) => lift.estimate - 1));
  const highest = Math.max(gain, ...measured.map(({ lift }) => lift.high - 1));
  const length = Math.min(highest, farthest * gain);
  const place = (ratio: number): number => Math.min(1, Math.max(0, (ratio - 1) / length));
  const bars = measured.map(({ layer, lift }) => ({
    layer,
    lift,
    low: place(lift.low),
    estimate: place(lift.estimate),
    high: place(lift.high),
  }));
  const end = 1 + length;
  return { bars, end, label: `${end >= 2 ? 1 : 0} to ${renderRatio(end)}` };
}
