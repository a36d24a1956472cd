// The decision after each visit of the cap probe: measure this next, or these are the findings.
//
// Nothing is remembered: everything follows from the observations, so a probe can be resumed and analysed again.

import { isReference } from './points.ts';
import type { CapsDesign, CapsObservation, CapsPoint, Visit } from './design.ts';
import { findingsOf } from './findings.ts';
import type { CapsFindings } from './limit.ts';
import type { Need } from './wanted.ts';
import { needsOf } from './still-wanted.ts';
import { pointOf } from './wanted.ts';
import { capsRules } from './rules.ts';
import { type Round, roundsOf, spentOf } from './rounds.ts';
import { isSurelyBelow } from './size.ts';
import { isShort, type Survey } from './survey.ts';

export type CapsDecision =
  { readonly kind: 'measure'; readonly visit: Visit } | { readonly kind: 'done'; readonly findings: CapsFindings };

/**
 * The decision that `observations` lead to under `design`: the same for the same observations in any order.
 *
 * @throws ProfileError when an observation is unusable.
 */
export function decideCaps(design: CapsDesign, observations: readonly CapsObservation[]): CapsDecision {
  const rounds = roundsOf(design, observations);
  const last: Round = rounds.at(-1) ?? rounds[0];
  const visit = nextVisit(last.survey);
  const cost = spentOf(rounds) + last.cost * (visit?.points.length ?? 0);
  if (visit && cost <= design.budgetPoints) return { kind: 'measure', visit };
  return { kind: 'done', findings: capsFindings(design, observations) };
}

/**
 * Gives the findings of `observations`, also while more is to be measured.
 *
 * @throws ProfileError when an observation is unusable.
 */
export function capsFindings(design: CapsDesign, observations: readonly CapsObservation[]): CapsFindings {
  return findingsOf(roundsOf(design, observations, true));
}

/** Everything that is needed at the depth of the most urgent need; undefined when nothing is. */
function nextVisit(survey: Survey): Visit | undefined {
  const needs = needsOf(survey);
  const depth = needs[0]?.depth;
  if (depth === undefined) return undefined;
  const counts = new Map<string, { readonly point: CapsPoint; readonly count: number }>();
  for (const { point, count } of [...needs.filter((one) => one.depth === depth), ...company(survey, needs, depth)]) {
    const key = [point.subject, point.delay, point.guests].join(' ');
    counts.set(key, { point, count: Math.max(count, counts.get(key)?.count ?? 0) });
  }
  const points = [...counts.values()].flatMap(({ point, count }) => Array<CapsPoint>(count).fill(point));
  const { delayNs } = survey.readings.design;
  return { delayNs, depth, afresh: points.some((point) => mayMeetCap(survey, { ...point, depth })), points };
}

/** Whether fewer guests than all offer so much that it matters how a cap is shared among them. */
function mayMeetCap({ readings, layers, stack }: Survey, point: CapsPoint & { readonly depth: number }): boolean {
  if (point.guests >= readings.design.guests) return false;
  const nature = [stack, ...layers].find(({ subject }) => subject === point.subject);
  return nature === undefined || !isSurelyBelow(readings, nature, point);
}

/** Points without which no other can be read: the bare delay line in each visit, and the whole delay beside the half. */
function company(survey: Survey, needs: readonly Need[], depth: number): readonly Need[] {
  const here = needs.filter((one) => one.depth === depth);
  const [reference, stack] = [pointOf(survey, 'nothing'), survey.stack];
  const plain = here.every(({ point }) => isReference(survey.readings.design, point) || point.subject === 'media');
  const matters = depth < survey.top.depth && [stack, ...survey.layers].some(isShort) && !plain;
  return [
    { depth, point: reference, count: matters ? capsRules.references : capsRules.repeats },
    ...here
      .filter(({ point }) => point.delay === 'half')
      .map(({ point }) => ({ depth, point: { ...point, delay: 'full' as const }, count: capsRules.repeats })),
  ];
}
