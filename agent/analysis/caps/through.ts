// A subject that is not limited, as far as that is sure; and what it adds to each I/O, if that can be told from nothing.

import { mean, sum } from '../../lib/numbers.ts';
import { isLayer, type Layer } from '../../lib/layer.ts';
import type { Subject } from './design.ts';
import type { Limit } from './limit.ts';
import { unsaturated, type Nature } from './nature.ts';
import { isSurelyOpen, throughAt } from './proof.ts';
import { pick, type Points } from './points.ts';
import { capsRules } from './rules.ts';
import type { Survey } from './survey.ts';

export function throughLimit(survey: Survey, nature: Nature): Limit {
  const { readings, top } = survey;
  const { depth } = unsaturated(readings, top, nature);
  const offered = readings.design.guests * depth;
  const elasticities = {
    ...(nature.load ? { load: nature.load.estimate } : {}),
    ...(nature.delay ? { delay: nature.delay.estimate } : {}),
  };
  const { inFlight } = throughAt(readings, survey.deeper, { subject: nature.subject, depth });
  if (!isProven(survey, nature)) {
    return { kind: 'unclear', upTo: offered, why: { kind: 'noise-hides-flight' } };
  }
  const addedNs = addedBy(survey, nature);
  if (addedNs !== undefined) return { kind: 'latency', addedNs, ...elasticities };
  return { kind: 'open', upTo: rounded(inFlight), ...elasticities };
}

/** Whether it is sure that no limit cuts the subject at the deepest load that it was judged by. */
export function isProven({ readings, deeper, top }: Survey, nature: Nature): boolean {
  return isSurelyOpen(readings, deeper, { top, nature, depth: unsaturated(readings, top, nature).depth });
}

/** Whether half the delay must say that it is no cap: so little of what is offered is in flight at the top, or the top was lowered. */
export function needsHalfTheDelay({ readings, deeper, top }: Survey, { subject }: Nature): boolean {
  if (deeper.length > 0) return true;
  const { relative, absolute } = throughAt(readings, deeper, { subject, depth: top.depth });
  return Math.min(relative, absolute) < capsRules.half;
}

/** Nanoseconds that each I/O takes longer than with all layers stubbed; undefined when it may be nothing that counts. */
function addedBy({ readings, top, layers }: Survey, nature: Nature): number | undefined {
  const { shift, radius, depth } = unsaturated(readings, top, nature);
  const least = capsRules.short * readings.design.delayNs;
  const added = nature.subject === 'stack' ? layers.flatMap(({ subject }) => (isLayer(subject) ? [subject] : [])) : [];
  const seenNs = isLayer(nature.subject)
    ? addedIn(readings, nature.subject, { layers: [nature.subject], depth })
    : addedIn(readings, nature.subject, { layers: added, depth });
  if (seenNs !== undefined) return seenNs >= least ? seenNs : undefined;
  const addedNs = cycleNs(readings, 'nothing', depth) * (Math.exp(-shift) - 1);
  return addedNs >= least && -shift > radius ? addedNs : undefined;
}

/** By the junctions of `layers`, which need no model: as deployed, less as stubs; undefined without figures. */
function addedIn(
  readings: Points,
  subject: Subject,
  { layers, depth }: { readonly layers: readonly Layer[]; readonly depth: number },
): number | undefined {
  const [deployed, stubbed] = [subject, 'nothing' as const].map((one) => ownIn(readings, one, { layers, depth }));
  return deployed === undefined || stubbed === undefined ? undefined : Math.max(0, deployed - stubbed);
}

/**
 * Time of an I/O in `layers` themselves with all guests at `depth`, or at any where it is left out, by their junctions: the
 * median of the points, as one in which the host stood still is no latency of a layer. Undefined without figures.
 */
export function ownIn(
  readings: Points,
  subject: Subject,
  { layers, depth }: { readonly layers: readonly Layer[]; readonly depth?: number },
): number | undefined {
  const at = depth === undefined ? {} : { depth };
  const seen = pick(readings, { subject, delay: 'full', guests: readings.design.guests, ...at });
  const times = seen.map(({ ownNs }) => layers.map((layer) => ownNs?.[layer]).filter((ns) => ns !== undefined));
  const whole = times.filter((own) => own.length === layers.length && own.length > 0).map(sum);
  return whole.sort((a, b) => a - b)[Math.floor((whole.length - 1) / 2)];
}

/** By Little's law at a load that no limit cuts: time of an I/O = in flight / goodput. NaN when not measured. */
export function cycleNs(readings: Points, subject: Subject, depth: number): number {
  const seen = pick(readings, { subject, delay: 'full', guests: readings.design.guests, depth });
  return 1e9 * Math.exp(mean(seen.map((one) => one.load - one.log)));
}

/** Down to two digits: more would be no better known. What is offered stays as it is. */
function rounded(inFlight: number): number {
  if (Number.isInteger(inFlight)) return inFlight;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(inFlight)) - 1);
  return Math.floor(inFlight / unit) * unit;
}
