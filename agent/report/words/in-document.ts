// Turns each reason of the analysis into words, as the document has it.

import type { Limit, CapsFindings } from '../../analysis/caps/limit.ts';
import type { NeighboursFindings } from '../../analysis/neighbours/findings.ts';
import type { Verdict } from '../../analysis/verdict/verdict.ts';
import type { Findings } from '../../findings/findings.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { inconclusiveWords } from './inconclusive.ts';
import { limitUnknownWords } from './limit-unknown.ts';
import { neighbourUnknownWords } from './neighbours.ts';
import { outsideWords } from './outside.ts';

type LimitInWords = NonNullable<ReportDocument['caps']>['rows'][number]['limit'];

export function verdictInWords(verdict: Verdict): ReportDocument['verdict'] {
  if (verdict.kind === 'inconclusive') return { ...verdict, why: inconclusiveWords(verdict.why) };
  return verdict.kind === 'outside' ? { ...verdict, why: outsideWords(verdict) } : verdict;
}

/** As analysis.json and `layerlift analyse` have them. */
export function findingsInWords({ analysis, caps, neighbours, ...rest }: Findings) {
  return {
    ...{ analysis: { ...analysis, verdict: verdictInWords(analysis.verdict) }, ...rest },
    ...(caps ? { caps: capsInWords(caps) } : {}),
    ...(neighbours ? { interference: neighboursInWords(neighbours) } : {}),
  };
}

function capsInWords(caps: CapsFindings) {
  const layers = caps.layers.map((one) => ({ ...one, limit: limitInWords(one.limit) }));
  return { ...caps, stack: limitInWords(caps.stack), layers };
}

export function limitInWords(limit: Limit): LimitInWords {
  return limit.kind === 'unclear' ? { ...limit, why: limitUnknownWords(limit.why) } : limit;
}

export function neighboursInWords(findings: NeighboursFindings): NonNullable<ReportDocument['interference']> {
  if (findings.kind === 'single') return findings;
  const { neighbour } = findings;
  return {
    ...findings,
    neighbour:
      neighbour.kind === 'inconclusive' ? { ...neighbour, why: neighbourUnknownWords(neighbour.why) } : neighbour,
  };
}
