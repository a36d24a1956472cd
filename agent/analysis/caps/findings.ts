// From what was measured to what may be said.

import { type Layer, layers as allLayers } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { LayerLimit, Limit, LimitUnknown, CapsFindings } from './limit.ts';
import { mediaLimit } from './media-limit.ts';
import type { Nature } from './nature.ts';
import { throughLimit } from './through.ts';
import { capsRules } from './rules.ts';
import { perSecond } from './rate.ts';
import type { Round } from './rounds.ts';
import { sizeOf } from './size.ts';
import { isServed, type Survey } from './survey.ts';

export function findingsOf([first, ...longer]: readonly [Round, ...Round[]]): CapsFindings {
  let { stack, layers } = foundIn(first, {});
  for (const round of longer) {
    const found = foundIn(round, { overNs: round.delayNs });
    stack = better(stack, found.stack);
    layers = layers.map((before) => {
      const after = found.layers.find(({ layer }) => layer === before.layer);
      return after ? { ...before, ...better(before, after) } : before;
    });
  }
  const { readings, top, media } = first.survey;
  const { leftOut = [] } = readings.design;
  // A layer that is alone, as the time was short for the rest, does not say what all of them together do.
  const whole = leftOut.length > 0 && first.survey.stack.subject !== 'stack' ? { limit: shortOfTime } : stack;
  const { limit, overNs } = sharedScope(whole, layers);
  const missing = leftOut.map((layer): LayerLimit => ({ layer, limit: shortOfTime }));
  const above = [...layers, ...missing].sort((a, b) => allLayers.indexOf(a.layer) - allLayers.indexOf(b.layer));
  return {
    delayNs: readings.design.delayNs,
    offered: isServed(first.survey) ? readings.design.guests * top.depth : 0,
    stack: limit,
    ...(overNs === undefined ? {} : { stackOverNs: overNs }),
    layers: [...(media ? [{ layer: 'media' as const, limit: mediaLimit(first.survey, media) }] : []), ...above],
    points: sum([first, ...longer].map(({ survey }) => survey.points)),
  };
}

const shortOfTime: Limit = { kind: 'unclear', why: { kind: 'short-of-time' } };

type LimitOver = Omit<LayerLimit, 'layer'>;

interface Found {
  readonly stack: LimitOver;
  readonly layers: readonly LayerLimit[];
}

function foundIn({ survey }: Round, over: Pick<LimitOver, 'overNs'>): Found {
  return {
    stack: { limit: limitOf(survey, survey.stack), ...over },
    layers: survey.layers.flatMap((nature) =>
      isLayerSubject(nature.subject) ? [{ layer: nature.subject, limit: limitOf(survey, nature), ...over }] : [],
    ),
  };
}

/** A longer delay shows a cap that a shorter one could not; where it shows none, a rate that the shorter one met is still there. */
function better(before: LimitOver, after: LimitOver): LimitOver {
  if (after.limit.kind === 'unclear') return before;
  return before.limit.kind === 'rate' && after.limit.kind !== 'cap' ? before : after;
}

function isLayerSubject(subject: Nature['subject']): subject is Layer {
  return subject !== 'stack' && subject !== 'nothing';
}

function limitOf(survey: Survey, nature: Nature): Limit {
  if (!isServed(survey)) return unclear({ kind: 'generator-limits' });
  switch (nature.kind) {
    case 'unseen':
      return unclear({ kind: 'not-measured' });
    case 'short':
      return unclear({ kind: 'half-load-missing' });
    case 'blurred':
      return unclear({ kind: 'noise-hides-rise' });
    case 'level':
    case 'rising':
      return throughLimit(survey, nature);
    case 'limited':
      return unclear({ kind: 'half-delay-missing', knee: nature.knee });
    case 'mixed':
      return unclear({ kind: 'cap-or-rate', knee: nature.knee, gain: 2 ** -(nature.delay?.estimate ?? 0) - 1 });
    case 'rate':
      return { kind: 'rate', perSecond: perSecond(survey.readings, nature), ...elasticities(nature) };
    case 'cap':
      return capLimit(survey, nature);
    default:
      return unreachable(nature.kind);
  }
}

function capLimit({ readings, sized }: Survey, nature: Nature): Limit {
  if (nature.subject !== 'stack' && !sized.some((one) => one.subject === nature.subject)) {
    return unclear({ kind: 'not-sized', knee: nature.knee, sized: capsRules.sized });
  }
  const found = sizeOf(readings, nature);
  if (!found) return unclear({ kind: 'no-load-below', knee: nature.knee });
  const { size, scope, perGuest, radius } = found;
  if (radius > capsRules.widest) {
    const range = Number.isFinite(radius) ? { range: { low: size.low, high: size.high } } : {};
    return unclear({ kind: 'bounds-too-wide', estimate: size.estimate, ...range });
  }
  return { kind: 'cap', size, scope, ...(perGuest ? { perGuest } : {}), ...elasticities(nature) };
}

/** The stack is swept with all guests only: whose cap it has, its scope it has. */
function sharedScope({ limit, ...over }: LimitOver, layers: readonly LayerLimit[]): LimitOver {
  return { ...over, limit: withScope(limit, layers) };
}

function withScope(stack: Limit, layers: readonly LayerLimit[]): Limit {
  if (stack.kind !== 'cap' || stack.scope !== 'unknown') return stack;
  const own = layers
    .map(({ limit }) => limit)
    .filter((limit) => limit.kind === 'cap')
    .filter(({ size }) => size.low <= stack.size.high && stack.size.low <= size.high)
    .sort((a, b) => a.size.estimate - b.size.estimate)[0];
  if (own?.scope !== 'per-guest' || !own.perGuest) return { ...stack, scope: own?.scope ?? 'unknown' };
  const share = own.perGuest.estimate / own.size.estimate;
  const { estimate, low, high } = stack.size;
  return {
    ...stack,
    scope: 'per-guest',
    perGuest: { estimate: estimate * share, low: low * share, high: high * share },
  };
}

/** Both are measured wherever a cap or a rate is claimed. */
function elasticities({ load, delay }: Nature): { readonly load: number; readonly delay: number } {
  return { load: load?.estimate ?? 0, delay: delay?.estimate ?? 0 };
}

function unclear(why: LimitUnknown): Limit {
  return { kind: 'unclear', why };
}
