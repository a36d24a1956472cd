// One thing that is still to be measured: a count over the data, not a step of a script.

import type { CapsPoint, Subject } from './design.ts';
import { pick } from './points.ts';
import type { Survey } from './survey.ts';

export interface Need {
  readonly depth: number;
  readonly point: CapsPoint;
  /** How many more; none when zero or less. */
  readonly count: number;
}

/** `wanted` equal points at `depth`, less those that are there. */
export function need(survey: Survey, depth: number, point: CapsPoint, wanted: number): Need {
  return { depth, point, count: wanted - pick(survey.readings, { ...point, depth }).length };
}

/** All guests at the whole delay, save for `changes`. */
export function pointOf(survey: Survey, subject: Subject, changes: Partial<CapsPoint> = {}): CapsPoint {
  return { subject, delay: 'full', guests: survey.readings.design.guests, ...changes };
}
