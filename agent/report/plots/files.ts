// The plots of a report as files of SVG.

import type { ReportDocument } from '../schema/schema.ts';
import { drawFile } from './draw.ts';
import { plotsOf } from './plots.ts';

/** `name`: without an ending. */
export function plotFiles(report: ReportDocument): readonly { readonly name: string; readonly svg: string }[] {
  return plotsOf(report).map((plot) => ({ name: plot.name, svg: drawFile(plot) }));
}
