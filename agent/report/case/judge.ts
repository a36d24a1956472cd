// Holds the findings of a run against the plant of its case (pure).

import { unreachable } from '../../lib/unreachable.ts';
import type { Expectation, ExpectedVerdict, PlantedFigure } from '../../profile/case.ts';
import type { ReportDocument } from '../schema/schema.ts';

/** `withheld`: nothing false was claimed, but not all that is planted was found either. */
export const outcomes = ['right', 'wrong', 'withheld'] as const;
export type Outcome = (typeof outcomes)[number];

export interface JudgedFigure {
  readonly planted: PlantedFigure;
  /** In the unit of what is planted; null: the report has no such figure. */
  readonly found: number | null;
  readonly outcome: Outcome;
  /** The fault beside the figure, or in its place; absent where there is none. */
  readonly why?: string;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** Null: no verdict is expected. */
  readonly verdict: Outcome | null;
  readonly figures: readonly JudgedFigure[];
}

export function judgeCase({ verdict, figures }: Expectation, report: ReportDocument): Judgement {
  const ofVerdict = verdict ? judgeVerdict(verdict, report.verdict) : null;
  const judged = figures.map((planted) => judgeFigure(planted, report));
  const all = [...(ofVerdict === null ? [] : [ofVerdict]), ...judged.map(({ outcome }) => outcome)];
  return { outcome: worstOf(all), verdict: ofVerdict, figures: judged };
}

function worstOf(some: readonly Outcome[]): Outcome {
  return (['wrong', 'withheld'] as const).find((outcome) => some.includes(outcome)) ?? 'right';
}

function judgeVerdict(expected: ExpectedVerdict, found: ReportDocument['verdict']): Outcome {
  if (found.kind === 'inconclusive' || found.kind === 'not-asked') return 'withheld';
  return isAsExpected(expected, found) ? 'right' : 'wrong';
}

function isAsExpected(expected: ExpectedVerdict, found: ReportDocument['verdict']): boolean {
  switch (expected.kind) {
    case 'lever':
      return found.kind === 'lever' && found.layer === expected.layer;
    case 'tie':
      return found.kind === 'tie' && isSameSet(found.layers, expected.layers);
    case 'masked':
      return (
        found.kind === 'masked' &&
        [found.layers, ...found.alternatives].some((layers) => isSameSet(layers, expected.layers))
      );
    case 'none':
      return found.kind === 'none';
    case 'outside':
      return found.kind === 'outside' && found.limit === expected.limit;
    default:
      return unreachable(expected);
  }
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

function judgeFigure(planted: PlantedFigure, report: ReportDocument): JudgedFigure {
  const { found, why } = foundIn(planted, report);
  const outcome = found ? (why || isFar(planted, found) ? 'wrong' : 'right') : why?.isClaim ? 'wrong' : 'withheld';
  return { planted, found: found?.estimate ?? null, outcome, ...(why ? { why: why.text } : {}) };
}

/** Bounds that are wider than this prove nothing right. */
const mostPercent = 50;

/** On a scale of ratios: twice is as far from one as half is. What is planted may lie between the bounds that the report gives. */
function isFar({ planted, within }: PlantedFigure, { estimate, low = estimate, high = estimate }: Estimate): boolean {
  const isBetween = planted >= low && planted <= high;
  return Math.abs(Math.log(estimate / planted)) > Math.log1p(Math.max(within, isBetween ? mostPercent : 0) / 100);
}

interface Estimate {
  readonly estimate: number;
  readonly low?: number;
  readonly high?: number;
}

interface Found {
  readonly found?: Estimate | undefined;
  /** `isClaim`: the report claims something that is not so. */
  readonly why?: { readonly text: string; readonly isClaim: boolean };
}

function foundIn(planted: PlantedFigure, report: ReportDocument): Found {
  switch (planted.figure) {
    case 'lift':
      return { found: 'lift' in report.verdict ? report.verdict.lift : undefined };
    case 'in-flight':
      return capIn(planted, report);
    case 'per-second': {
      const limit = rowOf(planted, report)?.limit;
      if (limit?.kind === 'rate' || limit?.kind === 'saturated') return { found: limit.perSecond };
      return missing(limit?.kind);
    }
    case 'added':
      return addedBy(planted.layer, report);
    default:
      return unreachable(planted);
  }
}

function addedBy(layer: string, { latency }: ReportDocument): Found {
  const row = latency.layers.find((one) => one.layer === layer);
  return row ? { found: { estimate: row.ownNs } } : {};
}

type CapRow = NonNullable<ReportDocument['caps']>['rows'][number];

function rowOf({ layer }: { readonly layer: string }, { caps }: ReportDocument): CapRow | undefined {
  return caps?.rows.find(({ of }) => of === layer);
}

function capIn(planted: Extract<PlantedFigure, { figure: 'in-flight' }>, report: ReportDocument): Found {
  const row = rowOf(planted, report);
  if (row?.limit.kind !== 'cap') return missing(row?.limit.kind);
  const { size, perGuest, scope } = row.limit;
  const found = planted.scope === 'per-guest' ? perGuest : size;
  if (scope !== planted.scope) {
    if (scope === 'unknown') return { why: { text: 'whose cap it is was not found', isClaim: false } };
    return { found, why: { text: `it is said to be ${scope}`, isClaim: true } };
  }
  const { knob } = planted;
  if (knob === undefined || row.knobs.some(({ name }) => name === knob)) return { found };
  return { found, why: { text: `the knob ${knob} is not named`, isClaim: true } };
}

function missing(kind: CapRow['limit']['kind'] | undefined): Found {
  const text = kind === undefined ? 'it was not looked for' : `found: ${kind}`;
  return { why: { text, isClaim: kind !== undefined && kind !== 'unclear' } };
}
