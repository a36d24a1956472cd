// From what was measured to what may be said.

import type { Layer } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { LayerLimit, Limit, ProbeFindings } from './limit.ts';
import { mediaLimit } from './media-limit.ts';
import type { Nature } from './nature.ts';
import { throughLimit } from './through.ts';
import { probeRules } from './rules.ts';
import { perSecond } from './rate.ts';
import type { Round } from './rounds.ts';
import { sizeOf } from './size.ts';
import { isServed, type Survey } from './survey.ts';

export function findingsOf([first, ...longer]: readonly [Round, ...Round[]]): ProbeFindings {
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
  const { limit, overNs } = sharedScope(stack, layers);
  return {
    delayNs: readings.design.delayNs,
    offered: isServed(first.survey) ? readings.design.guests * top.depth : 0,
    stack: limit,
    ...(overNs === undefined ? {} : { stackOverNs: overNs }),
    layers: [...(media ? [{ layer: 'media' as const, limit: mediaLimit(first.survey, media) }] : []), ...layers],
    points: sum([first, ...longer].map(({ survey }) => survey.points)),
  };
}

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
  if (!isServed(survey))
    return unclear('the load generator is the limit even with every layer stubbed and the least load');
  switch (nature.kind) {
    case 'unseen':
      return unclear('not measured');
    case 'short':
      return unclear('goodput falls short of that with every layer stubbed, and half the load was not measured');
    case 'blurred':
      return unclear('the noise hides whether goodput rises with the load');
    case 'level':
    case 'rising':
      return throughLimit(survey, nature);
    case 'limited':
      return unclear(
        `goodput does not rise with the load beyond ${about(nature.knee)} in flight, and half the delay was not measured`,
      );
    case 'mixed':
      return unclear(mixed(nature));
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
    return unclear(`in flight stays near ${about(nature.knee)}; only the ${probeRules.sized} lowest caps were sized`);
  }
  const found = sizeOf(readings, nature);
  if (!found) return unclear(`in flight stays near ${about(nature.knee)}, and no load below that was measured`);
  const { size, scope, perGuest, radius } = found;
  if (radius > probeRules.widest) {
    const range = Number.isFinite(radius) ? `${about(size.low)} to ${about(size.high)}` : 'anything';
    return unclear(`a cap near ${about(size.estimate)} in flight, but the noise leaves ${range}`);
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

function mixed({ knee, delay }: Nature): string {
  const gain = Math.round(100 * (2 ** -(delay?.estimate ?? 0) - 1));
  const change = gain >= 0 ? `raises goodput by ${gain} %` : `lowers goodput by ${-gain} %`;
  return `near ${about(knee)} in flight half the delay ${change}, measured too coarsely or truly between a cap (100 %) and a rate (0 %)`;
}

function unclear(why: string): Limit {
  return { kind: 'unclear', why };
}

function about(value: number): number {
  return Number(value.toPrecision(value < 10 ? 2 : 3));
}
