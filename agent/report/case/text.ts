// A case that was run, and the list of all cases, for a terminal.

import { renderTable } from '../formats/table.ts';
import type { Case } from '../../profile/case.ts';
import { type CaseResult, expectedWords } from './result.ts';

export function caseText(result: CaseResult): string {
  const { name, question, report, guilty, outcome: whole, verdict, figures, sentence, folder } = result;
  const rows = [
    ['verdict', verdict.expected, verdict.found, verdict.outcome ?? '-'],
    ...figures.map(({ what, planted, found, outcome: each }) => [what, planted, found, each]),
  ];
  return [
    `case ${name}: ${whole} (${result.minutes.toFixed(1)} min)`,
    `  ${question}`,
    `  ${report}: ${guilty}`,
    '',
    ...renderTable(['', 'expected', 'found', ''], rows).map((line) => `  ${line}`.trimEnd()),
    '',
    `  ${sentence}`,
    `  report: ${folder}/report.txt`,
    '',
  ].join('\n');
}

export interface ListedCase extends Case {
  readonly name: string;
  readonly question: string;
  /** Of its stack as deployed, bottom to top. */
  readonly providers: readonly string[];
}

export function casesText(cases: readonly ListedCase[]): string {
  const rows = cases.map(({ name, question, expect }) => [name, guiltyIn(expect), question]);
  return `${renderTable(['case', 'expected', 'question'], rows).join('\n')}\n`;
}

function guiltyIn({ verdict, figures }: Case['expect']): string {
  if (verdict) return expectedWords(verdict);
  return figures.map((one) => ('layer' in one ? `a cap in ${one.layer}` : one.figure)).join(', ');
}
