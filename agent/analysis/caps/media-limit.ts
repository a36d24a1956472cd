// The real media alone: nothing lies beneath it that could be made faster, so a cap and a rate look the same.

import type { Limit } from './limit.ts';
import type { Nature } from './nature.ts';
import { perSecond } from './rate.ts';
import { capsRules } from './rules.ts';
import { isServed, type Survey } from './survey.ts';
import { cycleNs, ownIn } from './through.ts';

export function mediaLimit(survey: Survey, nature: Nature): Limit {
  const { readings, top } = survey;
  if (!isServed(survey) || nature.kind === 'unseen' || nature.load === undefined) {
    return { kind: 'unclear', why: { kind: 'two-loads-missing' } };
  }
  const load = nature.load.estimate;
  if (nature.kind === 'blurred') return { kind: 'unclear', why: { kind: 'noise-hides-rise' } };
  if (nature.kind !== 'rising') {
    const found = perSecond(readings, nature);
    return top.saturation !== undefined && found.estimate >= capsRules.generatorRoom * top.saturation
      ? { kind: 'unclear', why: { kind: 'media-keeps-up' } }
      : { kind: 'saturated', perSecond: found, load };
  }
  return { kind: 'latency', addedNs: addedNs(survey, top.depth / 2), load };
}

/**
 * By its junction. Without figures of that: the path to the media is the same as to the delay, and costs what the delay
 * line takes beyond its delay at the same load, as it grows with the load.
 */
function addedNs({ readings }: Survey, depth: number): number {
  const seen = ownIn(readings, 'media', { layers: ['media'] });
  const path = cycleNs(readings, 'nothing', depth) - readings.design.delayNs;
  return seen ?? Math.max(0, cycleNs(readings, 'media', depth) - Math.max(0, path));
}
