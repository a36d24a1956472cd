// `compare A B`: what changed between two runs, and whether the second is worse; from their folders alone, on any machine.

import { findingsOf } from '../../findings/findings.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { findRunFolder, readRunFolder } from '../../records/read-folder.ts';
import { type ComparedRun, compareRuns, exitOf } from '../../report/comparison/comparison.ts';
import { comparisonNotes, comparisonSentence, comparisonText } from '../../report/comparison/words.ts';
import { documentOf } from '../../report/document/of-run.ts';
import { jsonText } from '../../lib/json-text.ts';

export interface CompareOptions {
  readonly first: string;
  readonly second: string;
  /** Where runs are looked for that are given by their names. */
  readonly runs: string;
  /** The loss that is let pass, as a ratio; undefined: the smallest lift that matters to the profiles. */
  readonly tolerance: number | undefined;
  readonly format: 'text' | 'json';
  readonly print: (text: string) => void;
}

/** Throws ProfileError for a folder that is none, or is damaged. */
export function compare({ first, second, runs, tolerance, format, print }: CompareOptions): ExitName {
  const found = compareRuns(readRun(findRunFolder(first, runs)), readRun(findRunFolder(second, runs)), tolerance);
  const words = { sentence: comparisonSentence(found), notes: comparisonNotes(found) };
  print(format === 'json' ? jsonText({ ...found, ...words }) : comparisonText(found));
  return exitOf(found);
}

function readRun(folder: string): ComparedRun {
  const records = readRunFolder(folder);
  return { records, report: documentOf(records, findingsOf(records), folder) };
}
