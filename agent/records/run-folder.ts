// The run's folder: every result is on disk as soon as it exists, so that a later failure loses nothing.

import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, OutputError } from '../lib/errors.ts';
import type { SliceRecord } from './slice.ts';
import { jsonText } from '../lib/json-text.ts';

export interface RunFolder {
  readonly path: string;
  readonly writeText: (name: string, text: string) => void;
  readonly writeJson: (name: string, value: unknown) => void;
  readonly appendSlice: (slice: SliceRecord) => void;
  /** Adds one line of JSON to a file. */
  readonly appendLine: (name: string, value: unknown) => void;
  readonly copyIn: (name: string, from: string) => void;
}

/** Makes the folder, readable by its owner only. Every method throws OutputError when it cannot write. */
export function makeRunFolder(parent: string, name: string): RunFolder {
  const path = join(parent, name);
  guard(path, () => {
    for (const below of ['fio', 'plots']) mkdirSync(join(path, below), { recursive: true, mode: 0o700 });
  });
  const write = (file: string, text: string): void =>
    guard(join(path, file), () => writeFileSync(join(path, file), text, { mode: 0o600 }));
  const append = (file: string, value: unknown): void =>
    guard(join(path, file), () => appendFileSync(join(path, file), `${JSON.stringify(value)}\n`, { mode: 0o600 }));
  return {
    path,
    writeText: write,
    writeJson: (file, value) => write(file, jsonText(value)),
    appendSlice: (slice) => append('slices.ndjson', slice),
    appendLine: append,
    copyIn: (file, from) => guard(join(path, file), () => copyFileSync(from, join(path, file))),
  };
}

function guard(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const code = errnoOf(cause) ?? String(cause);
    const hint =
      code === 'ENOSPC'
        ? 'free some space, or name another place with --runs'
        : 'name a place that can be written with --runs';
    throw new OutputError(`cannot write ${path}: ${code}`, hint, { cause });
  }
}
