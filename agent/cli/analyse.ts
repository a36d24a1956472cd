// `analyse DIR` and `report DIR`: recomputed from a run's folder alone, on any machine.

import { readRunFolder, type RunRecords } from '../experiment/read-folder.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import { type FormatName, render } from '../report/registry.ts';
import { documentOf } from './document.ts';
import { readingOf } from './reading.ts';

export interface FolderCommand {
  readonly folder: string;
  readonly format: FormatName;
  readonly print: (text: string) => void;
}

/** Prints everything that the records say, as JSON. */
export function analyseFolder({ folder, print }: Omit<FolderCommand, 'format'>): ExitName {
  const records = readRunFolder(folder);
  print(
    `${JSON.stringify({ version: 1, kind: 'layerlift-analysis', run: records.meta.run, ...foundIn(records) }, null, 2)}\n`,
  );
  return 'ok';
}

/** Prints the report in the format asked for. */
export function reportFolder({ folder, format, print }: FolderCommand): ExitName {
  const records = readRunFolder(folder);
  print(render(format, documentOf(records, readingOf(records), folder)));
  return 'ok';
}

/** Where no verdict was asked for, too few slices for one are no finding. */
function foundIn(records: RunRecords) {
  const reading = readingOf(records);
  if (records.plan.aims.verdict) return reading;
  return { ...reading, analysis: { ...reading.analysis, verdict: { kind: 'not-asked' } } };
}
