// The verdict in words: one sentence to act on, what to do next, and why. Every format prints these same words.

import type { Layer } from '../../lib/layer.ts';
import type { MetLimit } from '../../lib/own-limit.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { renderAtMost, renderList, renderRatio, renderRise } from './figures.ts';
import { moreTime } from './more-time.ts';
import { bindingKnob, capHeadline, kindClause, nextForCaps } from './caps.ts';
import { raiseClause } from './knobs.ts';
import { liftingAlone, placeOf } from './lifting.ts';
import { cutSentence, remedyOf } from './cut-short.ts';
import { renderMet, renderSetting } from './own-limit.ts';
import { reasonsOf } from './reasons.ts';
import type { Facts, Wording } from './facts.ts';

export function wordingOf(facts: Facts): Wording {
  return {
    sentence: sentenceOf(facts),
    next: nextOf(facts),
    why: [...cutSentence(facts), ...reasonsOf(facts)],
  };
}

export function sentenceOf(facts: Facts): string {
  const { verdict } = facts;
  switch (verdict.kind) {
    case 'lever':
      return `${verdict.layer} holds this host back${kindClause(facts, verdict.layer)}: with it stubbed, goodput ${renderRise(verdict.lift)}.`;
    case 'tie':
      return `${renderList(verdict.layers)} hold this host back alike: with any one of them stubbed, goodput ${renderRise(verdict.lift)}.`;
    case 'masked':
      return maskedSentence(verdict);
    case 'none':
      return noneSentence(facts, verdict);
    case 'outside':
      return `The limit lies outside the stack: ${verdict.why}.`;
    case 'inconclusive':
      return inconclusiveSentence(facts, verdict);
    case 'not-asked':
      return facts.cutShort && !facts.caps
        ? `Cannot tell yet: the run was cut short: ${facts.cutShort.why}.`
        : capHeadline(facts.caps);
    default:
      return unreachable(verdict);
  }
}

/** "Only" is said where no layer of the set lifts by itself. */
function maskedSentence({ layers, lift, minor }: Of<'masked'>): string {
  const names = renderList(layers);
  if (minor.length === 0)
    return `${names} hide one another: only with all of them stubbed, goodput ${renderRise(lift)}.`;
  return `${names} hide one another: with all of them stubbed, goodput ${renderRise(lift)}, more than they lift one by one.`;
}

type Of<K extends Facts['verdict']['kind']> = Extract<Facts['verdict'], { kind: K }>;

function noneSentence({ settings, layers }: Facts, { bound, delta, widened, untested }: Of<'none'>): string {
  const tested = settings.layers.filter((layer) => !untested.includes(layer));
  if (widened) {
    const whole = tested.length < layers.length ? `None of ${renderList(tested)}` : 'No layer of this stack';
    const which = tested.length === 1 ? `${tested.join()} is not seen` : `${whole} is seen`;
    return `${which} to hold the host back, but lifts below ${renderAtMost(bound)} cannot be excluded: the noise is too high for the ${renderRatio(settings.minimumLift)} that was asked for.`;
  }
  const most = `lifts goodput by less than ${renderRatio(delta)} (at most ${renderAtMost(bound)})`;
  if (tested.length === 1) return `${tested.join()} does not hold the host back: stubbing it ${most}.`;
  const whose = tested.length < layers.length ? `None of ${renderList(tested)} holds` : 'No layer of this stack holds';
  return `${whose} the host back: stubbing any or all of them ${most}.`;
}

function inconclusiveSentence({ decided, cutShort }: Facts, { why, candidates, proven }: Of<'inconclusive'>): string {
  const reason = decided || cutShort ? why : 'the run ended before a verdict';
  const left = candidates.length > 0 ? `; still in question: ${renderList(candidates)}` : '';
  const sure = proven.length > 0 ? `; proven to lift: ${renderList(proven)}` : '';
  return `Cannot tell yet: ${reason}${left}${sure}.`;
}

/** What to do about a limit that no layer has. */
const beyondTheStack: Readonly<Record<Of<'outside'>['limit'], string>> = {
  'io-max': "raise the guests' io.max",
  rate: "raise the rate of the guests' job",
  'rate-iops': "raise the rate of the guests' job",
  'think-time': "shorten the think time of the guests' job",
  'cpu-max': "raise the guests' cpu.max",
  cpuset: "give the guests' cpuset more CPUs",
  'memory-max': "raise the guests' memory.max",
  iodepth: 'let the guests have more in flight, or drive more of them',
  thread: 'drive more guests, since one cannot ask for more than its thread can',
  cpu: 'give the host more CPU, or drive fewer guests',
};

/** The same with where it is set. */
function wayBeyond({ limit, met }: Of<'outside'>): string {
  // Of an earlier version whose limit it is was not told.
  const fallback = limit === 'cpu-max' ? [{ kind: limit, by: 'profile' } as const] : [];
  return changes(met ?? fallback) || beyondTheStack[limit];
}

function changes(met: readonly Pick<MetLimit, 'kind' | 'by'>[]): string {
  const all = met.map((one) => `${beyondTheStack[one.kind]}, ${renderSetting(one)}`);
  return [...new Set(all)].join('; ');
}

/** What to do next; what is left on the host comes first. */
export function nextOf(facts: Facts): string {
  const first = facts.exit.name === 'residue' ? 'run `layerlift recover`, as the host is not as found. Then: ' : '';
  return `Next: ${first}${stepOf(facts)}`;
}

/** To follow "Next: ". */
function stepOf(facts: Facts): string {
  const { verdict } = facts;
  switch (verdict.kind) {
    case 'lever':
      return nextKnob(facts) ?? `look at ${placeOf(verdict.layer)}.`;
    case 'tie':
      return (
        nextKnob(facts) ??
        `start with the cheapest fix of ${renderList(verdict.layers, 'or')}; each helps on its own. ${looks(verdict.layers)}`
      );
    case 'masked':
      return nextKnob(facts) ?? nextForMasked(facts, verdict);
    case 'none':
      return nextForNone(facts, verdict);
    case 'outside':
      return `${wayBeyond(verdict)}, and repeat.`;
    case 'inconclusive':
      return nextKnob(facts) ?? `${(facts.decided ? undefined : remedyOf(facts)) ?? moreTime(facts, verdict)}.`;
    case 'not-asked':
      return facts.caps ? nextForCaps(facts.caps) : `${remedyOf(facts) ?? 'look at the caveats below'}.`;
    default:
      return unreachable(verdict);
  }
}

/** What can be done at once, with what it is proven to gain: of all layers that lift alone, the best of those whose cap has a setting. */
function nextKnob(facts: Facts): string | undefined {
  const [best] = liftingAlone(facts).flatMap(({ layer, lift }) => {
    const knob = bindingKnob(facts.caps, layer);
    return knob ? [{ layer, lift, knob }] : [];
  });
  if (!best) return undefined;
  return `${raiseClause(best.knob)}; with ${best.layer} stubbed, goodput ${renderRise(best.lift)}; then repeat, as the next limit shows only then.`;
}

function nextForMasked({ caps }: Facts, { layers, minor }: Of<'masked'>): string {
  const knobs = layers.flatMap((layer) => bindingKnob(caps, layer) ?? []);
  const others = layers.filter((layer) => !knobs.some((knob) => knob.layer === layer));
  const partial = renderList(minor.map(({ layer }) => layer));
  const [alone, plan] =
    minor.length === 0
      ? ['as one alone gains little', `plan the fixes of ${renderList(layers)} together; one alone gains little`]
      : [
          `though ${partial} helps by itself`,
          `a fix of ${partial} helps by itself; for the whole lift plan those of ${renderList(layers)} together`,
        ];
  if (knobs.length === 0) return `${plan}. ${looks(layers)}`;
  const raises = knobs.map(raiseClause).join('; ');
  return others.length === 0 ? `${raises}; all together, ${alone}.` : `${plan}: ${raises}. ${looks(others)}`;
}

function nextForNone(facts: Facts, verdict: Of<'none'>): string {
  const { above = [] } = verdict;
  const hiding = above.filter(({ kind }) => kind !== 'iodepth');
  if (hiding.length > 0) {
    return `${changes(hiding)}, and repeat: with the stubs in place ${renderMet(hiding)}, so that no stub could lift more.`;
  }
  const rest = unstubbed(facts, verdict);
  if (above.length === 0) {
    return `look ${rest.map((where) => `${where} and `).join()}above the stack, at what the guests ask for: their limits, their depth, their count; or repeat with more demand.`;
  }
  const first = rest.length > 0 ? `look ${rest.join()} or ` : '';
  return `${first}${changes(above)}, and repeat: ${renderMet(above)}.`;
}

/** Where else to look, if anywhere: a limit in what was never stubbed shows as "none". */
function unstubbed({ layers }: Facts, { untested }: Of<'none'>): readonly string[] {
  const some = layers.filter(({ layer, stub }) => stub === null || untested.includes(layer)).map(({ layer }) => layer);
  return some.length > 0 ? [`at ${renderList(some)}, which could not be stubbed alone,`] : [];
}

function looks(some: readonly Layer[]): string {
  return some.map((layer) => `In ${layer}: ${placeOf(layer)}.`).join(' ');
}
