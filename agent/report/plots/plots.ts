// The plots of a report, in reading order: one line a plot.

import type { ReportDocument } from '../schema/schema.ts';
import { capCurves } from './cap-curves.ts';
import { goodputOverTime } from './goodput-over-time.ts';
import { guestLatency } from './guest-latency.ts';
import { lifts } from './lifts.ts';
import { neighbours } from './neighbours.ts';
import type { Plot, PlotMaker } from './plot.ts';
import { timeByLayer } from './time-by-layer.ts';

const makers: readonly PlotMaker[] = [lifts, timeByLayer, goodputOverTime, capCurves, guestLatency, neighbours];

/** Those that have something to show. */
export function plotsOf(report: ReportDocument): readonly Plot[] {
  const drawable = tamed(report);
  return makers.flatMap((make) => make(drawable) ?? []);
}

/** Figures beyond these are of damaged records; an axis that holds them cannot be drawn. */
const [least, most] = [1e-6, 1e15];

function tamed({ arms, series, ...report }: ReportDocument): ReportDocument {
  return {
    ...report,
    arms: arms.map((row) => ({ ...row, lift: row.lift && clampAll(row.lift) })),
    ...(series ? { series: clampAll(series) } : {}),
  };
}

/** The same, with every number within bounds; 0 stays. */
function clampAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'number' && one !== 0 ? Math.min(most, Math.max(least, one)) : one,
  ) as T;
}
