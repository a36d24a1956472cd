// Lists the points that are still to be measured, most urgent first.
//
//   1. the top of the load: every subject, and the stack at half the delay         -> who falls short?
//   2. half of it: the stack and who falls short; where it is still saturated, half the delay and fewer guests too
//   3. again both of the bare delay line where it is not plain whether the generator serves the top
//   4. more of both where the noise hides whether a layer's goodput rises            -> limited?
//   5. more of the top for who seems open, and of half of it, until that is sure  -> open?
//   6. for who is limited: half the delay where it is missing or not clear          -> cap or rate?
//   7. for caps: below and above the knee, all guests and fewer                     -> how large, shared or not?
//   8. more on the side that the interval's width comes from, while it is too wide
//   9. more of the media, where the noise hides whether its goodput rises
//
// As each need is a count over the data, noise in a first guess, or a visit that was cut short, costs some points and
// nothing else.

import type { Subject } from './design.ts';
import { type Nature, unsaturated } from './nature.ts';
import { need, pointOf, type Need } from './wanted.ts';
import { levelVariance, pick, radiusOf } from './points.ts';
import { capsRules } from './rules.ts';
import { precisionNeeds, sizeNeeds } from './wanted-for-size.ts';
import { fewerGuests } from './size.ts';
import { isOpen } from './top.ts';
import { isShort, type Survey } from './survey.ts';
import { isProven, needsHalfTheDelay } from './through.ts';

/** The needs of the first stage that has any; empty when nothing more is to be learnt. */
export function needsOf(survey: Survey): readonly Need[] {
  for (const stage of [
    atTheTop,
    atHalfTheLoad,
    aboutTheGenerator,
    aboutTheLoad,
    aboutTheProof,
    aboutTheDelay,
    sizeNeeds,
    precisionNeeds,
    aboutTheMedia,
  ]) {
    const needs = stage(survey).filter((one) => one.count > 0);
    if (needs.length > 0) return needs;
  }
  return [];
}

function atTheTop(survey: Survey): readonly Need[] {
  const { top, layers, media, stack } = survey;
  const subjects: readonly Subject[] = ['nothing', stack.subject, ...layers.map((one) => one.subject)];
  return [
    ...[...subjects, ...(media ? [media.subject] : [])].map((subject) => pointOf(survey, subject)),
    pointOf(survey, stack.subject, { delay: 'half' }),
  ].map((point) => need(survey, top.depth, point, capsRules.repeats));
}

/** One visit to half the load is to answer all that it can: each visit starts the load anew. */
function atHalfTheLoad(survey: Survey): readonly Need[] {
  const { top, layers, stack, media } = survey;
  const depth = top.depth / 2;
  if (depth < 1) return [];
  const short = layers.filter(isShort).sort((a, b) => a.knee - b.knee);
  const asked: readonly Subject[] = ['nothing', stack.subject, ...short.map((one) => one.subject)];
  const needs = [...asked, ...(media ? [media.subject] : [])].map((subject) =>
    need(survey, depth, pointOf(survey, subject), capsRules.repeats),
  );
  if (needs.every((one) => one.count <= 0)) return [];
  const sized = short.length > 0 ? short.slice(0, capsRules.sized) : [stack].filter(isShort);
  return [...needs, ...sized.flatMap((one) => whereSaturated(survey, one, depth))];
}

function whereSaturated(survey: Survey, { subject, knee }: Nature, depth: number): readonly Need[] {
  if (survey.readings.design.guests * depth < capsRules.above * knee) return [];
  const few = fewerGuests(survey.readings);
  const reaches = few > 0 && few * depth * capsRules.surelyBelow >= knee;
  return [
    need(survey, depth, pointOf(survey, subject, { delay: 'half' }), capsRules.repeats),
    ...(reaches ? [need(survey, depth, pointOf(survey, subject, { guests: few }), capsRules.repeats)] : []),
  ];
}

function aboutTheGenerator(survey: Survey): readonly Need[] {
  const { readings, top } = survey;
  if (top.depth <= 1 || isOpen(readings, top.depth) !== undefined) return [];
  const point = pointOf(survey, 'nothing');
  return [top.depth, top.depth / 2]
    .map((depth) => ({ depth, visits: new Set(pick(readings, { ...point, depth }).map(({ visit }) => visit)).size }))
    .filter(({ visits }) => visits < 2)
    .map(({ depth }) => ({ depth, point, count: capsRules.repeats }));
}

/** More of the load that has fewer points, for all of whom it is not clear. */
function aboutTheLoad(survey: Survey): readonly Need[] {
  return [...survey.layers, survey.stack].flatMap((one) => whereBlurred(survey, one));
}

/** The media has no cap that could be told from a rate: what is left for it is spent on it last. */
function aboutTheMedia(survey: Survey): readonly Need[] {
  return survey.media ? whereBlurred(survey, survey.media) : [];
}

function whereBlurred(survey: Survey, { kind, subject }: Nature): readonly Need[] {
  if (kind !== 'blurred') return [];
  const { readings, top } = survey;
  const point = pointOf(survey, subject);
  const [whole, half] = [top.depth, top.depth / 2].map((depth) =>
    levelVariance(readings, pick(readings, { ...point, depth })),
  );
  const depth = (whole ?? 0) > (half ?? 0) ? top.depth : top.depth / 2;
  if (pick(readings, { ...point, depth }).length >= capsRules.mostForProof) return [];
  return [{ depth, point, count: capsRules.references }];
}

/** No limit is a claim too. */
function aboutTheProof(survey: Survey): readonly Need[] {
  const { readings, top } = survey;
  const doubted = [...new Set([...survey.layers, survey.stack])].filter(
    (one) => (one.kind === 'level' || one.kind === 'rising') && !isProven(survey, one),
  );
  return doubted.flatMap((nature) => {
    const point = pointOf(survey, nature.subject);
    const { depth } = unsaturated(readings, top, nature);
    const depths = nature.kind === 'rising' ? [top.depth, top.depth / 2] : [depth];
    // In step, so that a visit to one of them is followed by one to the other.
    const needs = depths
      .map((at) => ({ at, seen: pick(readings, { ...point, depth: at }).length }))
      .filter(({ seen }) => seen < capsRules.mostForProof)
      .sort((a, b) => a.seen - b.seen)
      .map(({ at, seen }) => ({ depth: at, point, count: Math.max(capsRules.repeats, capsRules.eachSide - seen) }));
    if (nature.kind !== 'rising' || !needsHalfTheDelay(survey, nature)) return needs;
    return [...needs, need(survey, top.depth, { ...point, delay: 'half' }, capsRules.repeats)];
  });
}

/** Always both delays anew: only what stands in one visit is compared. */
function aboutTheDelay(survey: Survey): readonly Need[] {
  const open = [...survey.layers, survey.stack].filter((one) => one.kind === 'limited' || mayClear(survey, one));
  return open.flatMap(({ subject }) =>
    (['full', 'half'] as const).map((delay) => ({
      depth: survey.top.depth,
      point: pointOf(survey, subject, { delay }),
      count: capsRules.repeats,
    })),
  );
}

function mayClear({ readings }: Survey, { kind, delay }: Nature): boolean {
  return kind === 'mixed' && delay !== undefined && radiusOf(readings, delay.variance) > capsRules.clear;
}
