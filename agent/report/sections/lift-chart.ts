// Draws lifts as bars, on a scale from "no change" to the largest bound.

import { renderLift, renderRatio } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Chart } from './section.ts';

/** A bound further out than this many times the largest estimated gain is cut off: it would flatten all else. */
const farthest = 2;

/** Layers that were stubbed alone; undefined where none was. A loss shows as an empty bar. */
export function liftChart({ layers, settings }: ReportDocument): Chart | undefined {
  const measured = layers.flatMap(({ layer, lift }) => (lift ? [{ layer, lift }] : []));
  if (measured.length === 0) return undefined;
  const gain = Math.max(settings.minimumLift - 1, ...measured.map(({ lift }) => lift.estimate - 1));
  const highest = Math.max(gain, ...measured.map(({ lift }) => lift.high - 1));
  const length = Math.min(highest, farthest * gain);
  const end = 1 + length;
  const place = (ratio: number): number => Math.min(1, Math.max(0, (ratio - 1) / length));
  return {
    title: 'lift of stubbing each layer alone, with its bounds',
    legend: {
      picture: 'Bar: the estimate of stubbing the layer alone. Line: its bounds.',
      text: 'bars: full up to the lower bound, shaded up to the upper',
    },
    bars: measured.map(({ layer, lift }) => ({
      ...{ name: layer, figure: renderLift(lift), isCutOff: lift.high > end },
      ...{ low: place(lift.low), estimate: place(lift.estimate), high: place(lift.high) },
    })),
    ends: { from: 'no change', to: renderRatio(end), label: `${end >= 2 ? 1 : 0} to ${renderRatio(end)}` },
  };
}
