// A subject that is not limited: what it adds to each I/O, if that can be told from nothing.

import type { Subject } from './design.ts';
import type { Limit } from './limit.ts';
import { unsaturated, type Nature } from './nature.ts';
import { mean } from '../../lib/numbers.ts';
import { pick, type Readings } from './readings.ts';
import { probeRules } from './rules.ts';
import type { Survey } from './survey.ts';

/** Little's law, at loads that no limit cuts: time of an I/O = in flight / goodput. */
export function throughLimit({ readings, top }: Survey, nature: Nature): Limit {
  const { shift, radius, depth } = unsaturated(readings, top, nature);
  const bare = cycleNs(readings, 'nothing', depth);
  const addedNs = bare * (Math.exp(-shift) - 1);
  const elasticities = {
    ...(nature.load ? { load: nature.load.estimate } : {}),
    ...(nature.delay ? { delay: nature.delay.estimate } : {}),
  };
  const counts = addedNs >= probeRules.short * readings.design.delayNs && -shift > radius;
  if (counts) return { kind: 'latency', addedNs, ...elasticities };
  return { kind: 'open', upTo: readings.design.guests * depth, ...elasticities };
}

/** Time of one I/O with all guests at `depth`; NaN when not measured. */
export function cycleNs(readings: Readings, subject: Subject, depth: number): number {
  const seen = pick(readings, { subject, delay: 'full', guests: readings.design.guests, depth });
  return 1e9 * Math.exp(mean(seen.map((one) => one.load - one.log)));
}
