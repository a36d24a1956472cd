// Parameters of kernel modules and other files that stand alone, as tables of rows.

import { type KnobRow, readKnob } from './knob.ts';
import type { KnobSource } from './source.ts';

export interface FileRow extends KnobRow {
  readonly path: string;
}

/** A part for each file. */
export function fileSource(name: string, rows: readonly FileRow[]): KnobSource {
  return {
    name,
    parts: (reader) =>
      Promise.resolve(rows.map(({ path, ...row }) => ({ name: path, read: () => readKnob(reader, path, row) }))),
  };
}

export function parameterPath(module: string, parameter: string): string {
  return `/sys/module/${module}/parameters/${parameter}`;
}
