// `analyse DIR` and `report DIR`: recomputed from a run's folder alone, on any machine.

import { readRunFolder, type RunRecords } from '../experiment/read-folder.ts';
import { ProfileError } from '../lib/errors.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import { type FormatName, render } from '../report/registry.ts';
import { documentOf, findingsOf, readingOf } from './document.ts';

export interface FolderCommand {
  readonly folder: string;
  readonly format: FormatName;
  readonly print: (text: string) => void;
}

/** Prints all findings as JSON: of the slices, and of whatever else the run measured. */
export function analyseFolder({ folder, print }: Omit<FolderCommand, 'format'>): ExitName {
  const records = readRecords(folder);
  print(
    `${JSON.stringify({ version: 1, kind: 'layerlift-analysis', run: records.meta.run, ...findingsOf(records) }, null, 2)}\n`,
  );
  return 'ok';
}

/** Prints the report in the format asked for. */
export function reportFolder({ folder, format, print }: FolderCommand): ExitName {
  const records = readRecords(folder);
  print(render(format, documentOf(records, readingOf(records), folder)));
  return 'ok';
}

function readRecords(folder: string): RunRecords {
  const records = readRunFolder(folder);
  if (records.slices.length === 0) {
    throw new ProfileError([
      {
        at: folder,
        message: 'the run measured no slice',
        hint: 'it ended before its first slice: see log.ndjson there',
      },
    ]);
  }
  return records;
}
