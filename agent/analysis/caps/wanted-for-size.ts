// Where to measure for the size of a cap: away from the knee, as points near it say little about its place.

import type { Nature } from './nature.ts';
import { need, pointOf, type Need } from './wanted.ts';
import { pick, type PointReading } from './points.ts';
import { capsRules } from './rules.ts';
import { fewerGuests, isSurelyBelow, sizeOf } from './size.ts';
import type { Survey } from './survey.ts';
import { powerOfTwoBelow } from './top.ts';

interface Level {
  readonly depth: number;
  readonly guests: number;
}

/** The stack rides along in the visits that are made for the layers, and gets its own only for what is missing then. */
export function sizeNeeds(survey: Survey): readonly Need[] {
  const needs = survey.sized.flatMap((one) => [...belowNeeds(survey, one), ...aboveNeeds(survey, one)]);
  const open = needs.filter((one) => one.count > 0);
  if (open.length > 0) return withStack(survey, open);
  return survey.stack.kind === 'cap' ? [...belowNeeds(survey, survey.stack), ...aboveNeeds(survey, survey.stack)] : [];
}

/** More of what the interval is too wide for, and more with fewer guests while the scope is not clear. */
export function precisionNeeds(survey: Survey): readonly Need[] {
  const subjects = [...survey.sized, ...(survey.stack.kind === 'cap' ? [survey.stack] : [])];
  for (const one of new Set(subjects)) {
    const size = sizeOf(survey.readings, one);
    if (!size) continue;
    const full = pointOf(survey, one.subject);
    if (size.radius > (isSized(survey, one) ? capsRules.fine : capsRules.widest)) {
      const below = belowLevels(survey, one)[0];
      const level = size.variance.below > size.variance.above && below ? below : highLevel(survey, one);
      const point = { ...full, guests: level.guests };
      return withStack(survey, [{ depth: level.depth, point, count: capsRules.repeats }]);
    }
    if (size.scope === 'unknown' && isSized(survey, one) && fewAbove(survey, one).length < capsRules.scopePoints) {
      const point = { ...full, guests: fewerGuests(survey.readings) };
      const needs = [{ depth: survey.top.depth, point, count: capsRules.repeats }];
      if (point.guests > 0) return withStack(survey, needs);
    }
  }
  return [];
}

function withStack(survey: Survey, needs: readonly Need[]): readonly Need[] {
  if (survey.stack.kind !== 'cap' || isSized(survey, survey.stack)) return needs;
  const depths = [...new Set(needs.map((one) => one.depth))];
  return [
    ...needs,
    ...depths.map((depth) => ({ depth, point: pointOf(survey, survey.stack.subject), count: capsRules.repeats })),
  ];
}

function isSized({ sized }: Survey, { subject }: Nature): boolean {
  return sized.some((one) => one.subject === subject);
}

/** Two levels, so that a curve that is not straight below the knee shows in the residual; one for what only rides along. */
function belowNeeds(survey: Survey, nature: Nature): readonly Need[] {
  const all = belowLevels(survey, nature);
  const levels = isSized(survey, nature) ? all : all.slice(0, 1);
  const below = pick(survey.readings, { subject: nature.subject, delay: 'full' }).filter((one) =>
    isSurelyBelow(survey.readings, nature, one),
  );
  const repeats = capsRules.eachSide / all.length;
  const enough = below.length >= repeats * levels.length && new Set(below.map((one) => one.load)).size >= levels.length;
  if (enough) return [];
  return levels.map(({ depth, guests }) => need(survey, depth, pointOf(survey, nature.subject, { guests }), repeats));
}

/** A power of two well below the knee with all guests, and with fewer: two loads of one visit. */
function belowLevels({ readings }: Survey, { knee }: Nature): readonly Level[] {
  const { guests } = readings.design;
  const most = knee / capsRules.below;
  const depth = powerOfTwoBelow(most / guests);
  if (depth >= 2 && guests === 1) return [depth, depth / 2].map((each) => ({ depth: each, guests }));
  const running = depth >= 1 ? guests : Math.max(1, Math.floor(most));
  const fewer = Math.max(1, Math.floor(running / 2));
  return [...new Set([running, fewer])].map((each) => ({ depth: Math.max(1, depth), guests: each }));
}

function aboveNeeds(survey: Survey, nature: Nature): readonly Need[] {
  const { readings, top } = survey;
  const { guests } = readings.design;
  const above = pick(readings, { subject: nature.subject, delay: 'full', guests }).filter(
    (one) => guests * one.depth >= capsRules.above * nature.knee,
  );
  const high = highLevel(survey, nature);
  const few = fewerGuests(readings);
  return [
    { depth: high.depth, point: pointOf(survey, nature.subject), count: capsRules.eachSide - above.length },
    {
      depth: top.depth,
      point: pointOf(survey, nature.subject, { guests: few }),
      count: few > 0 && isSized(survey, nature) ? capsRules.repeats - fewAbove(survey, nature).length : 0,
    },
  ];
}

/** Half the top where that saturates still: a smaller load disturbs the host less. */
function highLevel({ readings, top }: Survey, { knee }: Nature): Level {
  const { guests } = readings.design;
  const half = top.depth / 2;
  return { depth: guests * half >= capsRules.above * knee ? half : top.depth, guests };
}

/** Fewer guests that offer enough to reach the knee if they share it. */
function fewAbove({ readings, top }: Survey, { subject, knee }: Nature): readonly PointReading[] {
  const few = fewerGuests(readings);
  return pick(readings, { subject, delay: 'full', guests: few }).filter(
    ({ depth }) => depth === top.depth || few * depth * capsRules.surelyBelow >= knee,
  );
}
