// The kinds of section that a report has; each format draws them in its own way.

export interface Table {
  readonly kind: 'table';
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Indices of columns that hold numbers. */
  readonly right: readonly number[];
}

export interface List {
  readonly kind: 'list';
  readonly title: string;
  readonly items: readonly string[];
}

export type Section = Table | List;
