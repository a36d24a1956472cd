// The shape of a plot: what a file of this folder makes of a report, and what `draw.ts` draws.

import type { EChartsCoreOption } from 'echarts/core';
import type { ReportDocument } from '../schema/schema.ts';

export interface Plot {
  /** Of the SVG file, and of what belongs to it in a page. */
  readonly name: string;
  readonly title: string;
  /** How to read it; one or two sentences. */
  readonly legend: string;
  /** What it shows, for readers who cannot see it. */
  readonly alt: string;
  /** The same figures; left out: a table of the report has them. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly heightAt: (widthPx: number) => number;
  readonly option: (look: Look) => EChartsCoreOption;
}

/** Undefined: the report has nothing to show there. */
export type PlotMaker = (report: ReportDocument) => Plot | undefined;

export interface Look {
  readonly widthPx: number;
  readonly colours: Colours;
}

/** Each is a colour of CSS. */
export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly paper: string;
  readonly media: string;
  readonly network: string;
  readonly blockstack: string;
  readonly ring: string;
  readonly all: string;
}

/** The part that is used here of what echarts lends to `renderItem` of a series of its type `custom`. */
export interface DrawingApi {
  readonly value: (dimension: number) => number;
  readonly coord: (point: readonly [number, number]) => readonly [number, number];
  readonly size: (steps: readonly [number, number]) => readonly [number, number];
}
