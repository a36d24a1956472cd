// A case that was run, as it is serialised.

import * as z from 'zod';
import type { Case, ExpectedVerdict, PlantedFigure } from '../../profile/case.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { renderDuration } from '../../lib/units.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { briefVerdict } from '../words/brief.ts';
import { renderList } from '../words/figures.ts';
import { judgeCase, outcomes } from './judge.ts';

const outcome = z.enum(outcomes);

export const caseResultSchema = z.object({
  version: z.literal(1),
  kind: z.literal('layerlift-case'),
  name: z.string(),
  question: z.string(),
  report: z.string().describe('address of the public report'),
  guilty: z.string(),
  outcome,
  verdict: z.object({ expected: z.string(), found: z.string(), outcome: outcome.nullable() }),
  figures: z.array(z.object({ what: z.string(), planted: z.string(), found: z.string(), outcome })),
  minutes: z.number().describe('from the start of the run to the host restored'),
  minutesMeasured: z.number().describe('of it, from the first slice to the last'),
  sentence: z.string().describe('the first sentence of the report'),
  run: z.string(),
  folder: z.string(),
});
export type CaseResult = z.output<typeof caseResultSchema>;

export function caseResult(name: string, standsFor: Case, report: ReportDocument): CaseResult {
  const { verdict } = standsFor.expect;
  const judged = judgeCase(standsFor.expect, report);
  return {
    version: 1,
    kind: 'layerlift-case',
    name,
    question: report.profile.question,
    report: standsFor.report,
    guilty: standsFor.guilty,
    outcome: judged.outcome,
    verdict: {
      expected: verdict ? expectedWords(verdict) : 'a cap',
      found: briefVerdict(report.verdict),
      outcome: judged.verdict,
    },
    figures: judged.figures.map(({ planted, found, outcome: each, why }) => ({
      what: figureWords(planted),
      planted: inUnit(planted, planted.planted),
      found:
        [...(found === null ? [] : [inUnit(planted, found)]), ...(why === undefined ? [] : [why])].join('; ') || '-',
      outcome: each,
    })),
    minutes: minutesBetween(report.startedAt, report.endedAt),
    minutesMeasured: minutesBetween(report.window.from, report.window.to),
    sentence: report.sentence,
    run: report.run,
    folder: report.folder,
  };
}

function minutesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}

/** `ring`, `media and network together`, `none`, `outside: io-max`. */
export function expectedWords(expected: ExpectedVerdict): string {
  switch (expected.kind) {
    case 'lever':
      return expected.layer;
    case 'tie':
      return `${renderList(expected.layers)} alike`;
    case 'masked':
      return `${renderList(expected.layers)} together`;
    case 'none':
      return 'none';
    case 'outside':
      return `outside: ${expected.limit}`;
    default:
      return unreachable(expected);
  }
}

function figureWords(planted: PlantedFigure): string {
  switch (planted.figure) {
    case 'lift':
      return 'lift';
    case 'in-flight':
      return `in flight in ${planted.layer}, ${planted.scope}`;
    case 'per-second':
      return `a second through ${planted.layer}`;
    case 'added':
      return `added by ${planted.layer}`;
    default:
      return unreachable(planted);
  }
}

function inUnit({ figure }: PlantedFigure, value: number): string {
  if (figure === 'added') return renderDuration(value);
  if (figure === 'lift') return `${value.toFixed(value < 10 ? 1 : 0)}x`;
  return value.toFixed(value < 10 ? 1 : 0);
}
