// I/O a second at saturation, in the host's own time: not relative to the bare delay line, which a rate knows nothing of.

import { mean, sum } from '../../lib/numbers.ts';
import type { TwoSided } from './limit.ts';
import type { Nature } from './nature.ts';
import { pick, radiusOf, type Points } from './points.ts';
import { capsRules } from './rules.ts';
import { around } from './size.ts';

/** Over all points that are saturated; wide enough for what the visits differ by. */
export function perSecond(readings: Points, { subject, knee }: Nature): TwoSided {
  const { guests } = readings.design;
  const all = pick(readings, { subject, guests });
  const saturated = all.filter((one) => guests * one.depth >= capsRules.above * knee || subject === 'media');
  const visits = [...new Set(saturated.map((one) => one.visit))].map((visit) =>
    mean(saturated.filter((one) => one.visit === visit).map((one) => one.log)),
  );
  const between = sum(visits.map((log) => (log - mean(visits)) ** 2)) / Math.max(1, visits.length - 1);
  const own = radiusOf(readings, 1 / saturated.length);
  const drift = (radiusOf(readings, 1 / visits.length) * Math.sqrt(between)) / (readings.sigma ?? 1);
  return around(mean(saturated.map((one) => one.log)), Math.max(own, drift || 0, capsRules.narrowest));
}
