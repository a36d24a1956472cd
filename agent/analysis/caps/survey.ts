// Everything that follows from the observations so far, put together once for the plan and for the findings.

import { mean } from '../../lib/numbers.ts';
import { type CapsDesign, type CapsObservation, type Subject, wholeOf } from './design.ts';
import { natureOf, type Nature } from './nature.ts';
import { pick, readingsOf, type PointReading, type Points } from './points.ts';
import { capsRules } from './rules.ts';
import { topOf, type Top } from './top.ts';
import { inLayerOrder } from '../../lib/layer.ts';

export interface Survey {
  readonly readings: Points;
  /** Points at loads beyond the top. */
  readonly deeper: readonly PointReading[];
  readonly top: Top;
  /** How many points there are, those beyond the top included. */
  readonly points: number;
  readonly stack: Nature;
  /** Layers alone, bottom to top. */
  readonly layers: readonly Nature[];
  readonly media: Nature | undefined;
  /** Caps whose size is to be found: the lowest of the layers' caps, or the stack's own where no layer has one. */
  readonly sized: readonly Nature[];
}

/** `whole`: whose points say what the whole stack does. `isLast`: nothing more will be measured. */
export interface SurveyOptions {
  readonly whole?: Subject;
  readonly isLast?: boolean;
}

/**
 * All of `observations` are over the delay of `design`.
 *
 * @throws ProfileError when an observation is unusable.
 */
export function surveyOf(
  design: CapsDesign,
  observations: readonly CapsObservation[],
  { whole = wholeOf(design), isLast = false }: SurveyOptions = {},
): Survey {
  const everything = readingsOf(design, observations);
  const top = topOf(everything, isLast);
  // Beyond the top the reference is the generator's saturation, and no measure of what is in flight.
  const readings = { ...everything, all: everything.all.filter((one) => one.depth <= top.depth) };
  const nature = (subject: Subject): Nature => natureOf(readings, top, subject);
  const layers = inLayerOrder(design.layers).map(nature);
  const stack = nature(whole);
  const caps = layers.filter((one) => one.kind === 'cap').sort((a, b) => a.knee - b.knee);
  return {
    readings,
    deeper: everything.all.filter((one) => one.depth > top.depth),
    top,
    points: observations.length,
    stack,
    layers,
    media: design.media ? nature('media') : undefined,
    sized: caps.length > 0 ? caps.slice(0, capsRules.sized) : [stack].filter((one) => one.kind === 'cap'),
  };
}

/** Whether goodput does not, or may not, rise with the load. */
export function isShort(nature: Nature): boolean {
  return nature.kind !== 'unseen' && nature.kind !== 'level' && nature.shortfall >= capsRules.short;
}

/** Whether the load generator serves the least load at least; when it does not, nothing can be said of any layer. */
export function isServed({ readings, top }: Survey): boolean {
  const { guests, delayNs } = readings.design;
  const seen = pick(readings, { subject: 'nothing', delay: 'full', guests, depth: top.depth });
  if (top.depth > 1 || seen.length === 0) return true;
  const served = (Math.exp(mean(seen.map((one) => one.log))) * delayNs) / 1e9;
  return served >= capsRules.openGenerator * guests;
}
