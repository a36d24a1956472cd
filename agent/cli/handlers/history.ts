// `history`: the runs of a folder, newest first, each with its verdict.

import { findingsOf } from '../../findings/findings.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { LayerliftError } from '../../lib/errors.ts';
import { hasLabels, type Labels } from '../../lib/labels.ts';
import { readRunFolder, runFoldersIn } from '../../records/read-folder.ts';
import { documentOf } from '../../report/document/of-run.ts';
import { historyText, type PastRun, pastRunOf, type Unreadable } from '../../report/history.ts';
import { jsonText } from '../../lib/json-text.ts';

export interface HistoryOptions {
  readonly runs: string;
  /** The most runs to show. */
  readonly last: number;
  /** Only runs that have all of these. */
  readonly labels: Labels;
  readonly format: 'text' | 'json';
  readonly print: (text: string) => void;
}

export interface History {
  readonly runs: readonly PastRun[];
  readonly unreadable: readonly Unreadable[];
  /** Folders that were not looked at any more. */
  readonly more: number;
}

/** Throws ProfileError for a place that cannot be read; a folder that cannot be read is a line. */
export function history({ format, print, ...options }: HistoryOptions): ExitName {
  const found = historyOf(options);
  print(
    format === 'json'
      ? jsonText({ version: 1, kind: 'layerlift-history', ...found })
      : historyText(found, { place: options.runs, more: found.more }),
  );
  return 'ok';
}

export function historyOf({ runs: place, last, labels }: Omit<HistoryOptions, 'format' | 'print'>): History {
  const [runs, unreadable]: [PastRun[], Unreadable[]] = [[], []];
  const folders = runFoldersIn(place);
  let looked = 0;
  for (const folder of folders) {
    if (runs.length >= last) break;
    looked++;
    const one = readOne(folder);
    if ('why' in one) unreadable.push(one);
    else if (hasLabels(one.labels, labels)) runs.push(one);
  }
  return { runs, unreadable, more: folders.length - looked };
}

function readOne(folder: string): PastRun | Unreadable {
  try {
    const records = readRunFolder(folder);
    return pastRunOf(documentOf(records, findingsOf(records), folder));
  } catch (failure) {
    if (!(failure instanceof LayerliftError)) throw failure;
    return { folder, why: failure.problems[0]?.message ?? failure.message };
  }
}
