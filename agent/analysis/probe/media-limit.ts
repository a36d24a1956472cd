// The real media alone: nothing lies beneath it that could be made faster, so a cap and a rate look the same.

import type { Limit } from './limit.ts';
import type { Nature } from './nature.ts';
import { perSecond } from './rate.ts';
import { probeRules } from './rules.ts';
import { isServed, type Survey } from './survey.ts';
import { cycleNs } from './through.ts';

export function mediaLimit(survey: Survey, nature: Nature): Limit {
  const { readings, top } = survey;
  if (!isServed(survey) || nature.kind === 'unseen' || nature.load === undefined) {
    return { kind: 'unclear', why: 'not measured at two loads' };
  }
  const load = nature.load.estimate;
  if (nature.kind === 'blurred') return { kind: 'unclear', why: 'the noise hides whether goodput rises with the load' };
  if (nature.kind !== 'rising') {
    const found = perSecond(readings, nature);
    return top.ceiling !== undefined && found.estimate >= probeRules.generatorRoom * top.ceiling
      ? { kind: 'unclear', why: 'the media keeps up with all that the load generator can offer' }
      : { kind: 'saturated', perSecond: found, load };
  }
  // The path to the media is the same as to the delay; what it costs is what the delay line takes beyond its delay.
  const path = cycleNs(readings, 'nothing', top.depth) - readings.design.delayNs;
  return { kind: 'latency', addedNs: Math.max(0, cycleNs(readings, 'media', top.depth / 2) - Math.max(0, path)), load };
}
