// The kinds of section that a report has; each format draws them in its own way.

export interface Table {
  readonly kind: 'table';
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Indices of columns that hold numbers. */
  readonly right: readonly number[];
  /** The same figures as a picture; left out: there is none. Markdown shows the table alone. */
  readonly chart?: Chart;
}

/** Bars on one scale, each with its bounds. */
export interface Chart {
  /** Describes the chart for readers who cannot see it. */
  readonly title: string;
  /** How to read a bar. */
  readonly legend: { readonly picture: string; readonly text: string };
  readonly bars: readonly Bar[];
  /** Both ends of the scale in words; `label`: both in a few characters. */
  readonly ends: { readonly from: string; readonly to: string; readonly label: string };
}

/** Shares of the scale's length, 0..1. */
export interface Bar {
  /** The first cell of its row in the table. */
  readonly name: string;
  /** Its figure in words. */
  readonly figure: string;
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
  /** The upper bound lies beyond the end of the scale. */
  readonly isCutOff: boolean;
}

export interface List {
  readonly kind: 'list';
  readonly title: string;
  readonly items: readonly string[];
}

export type Section = Table | List;

export function withChart(table: Table, chart: Chart | undefined): Table {
  return chart ? { ...table, chart } : table;
}
