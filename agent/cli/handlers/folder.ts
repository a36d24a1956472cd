// `analyse DIR` and `report DIR`: recomputed from a run's folder alone, on any machine.

import { readRunFolder } from '../../records/read-folder.ts';
import type { RunRecords } from '../../records/run-records.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { type FormatName, render } from '../../report/formats/registry.ts';
import { findingsInWords } from '../../report/words/in-document.ts';
import { documentOf } from '../../report/document/of-run.ts';
import { findingsOf } from '../../findings/findings.ts';
import { jsonText } from '../../lib/json-text.ts';
import { steady } from '../../lib/steady.ts';

export interface FolderCommand {
  readonly folder: string;
  readonly format: FormatName;
  readonly print: (text: string) => void;
}

/** Prints everything that the records say, as JSON, with the digits that a report has. */
export function analyseFolder({ folder, print }: Omit<FolderCommand, 'format'>): ExitName {
  const records = readRunFolder(folder);
  print(jsonText(steady({ version: 1, kind: 'layerlift-analysis', run: records.meta.run, ...foundIn(records) })));
  return 'ok';
}

/** Prints the report in the format asked for. */
export async function reportFolder({ folder, format, print }: FolderCommand): Promise<ExitName> {
  const records = readRunFolder(folder);
  print(await render(format, documentOf(records, findingsOf(records), folder)));
  return 'ok';
}

/** Where no verdict was asked for, too few slices for one are no finding. */
function foundIn(records: RunRecords) {
  const findings = findingsInWords(findingsOf(records));
  if (records.plan.aims.verdict) return findings;
  return { ...findings, analysis: { ...findings.analysis, verdict: { kind: 'not-asked' } } };
}
