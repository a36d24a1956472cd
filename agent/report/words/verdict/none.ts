// The words of the verdict "none".

import { changes } from '../beyond-stack.ts';
import type { Facts } from '../facts.ts';
import { renderAtMost, renderList, renderRatio } from '../figures.ts';
import { renderMet } from '../own-limit.ts';
import type { Of, VerdictWords } from './kind.ts';

export const none: VerdictWords<'none'> = {
  about: {
    says: 'no layer of the stack holds it back',
    more: 'no stub, not all of them together, and not all but one, lift goodput by more than the bound that is printed. The bound is the lift that was asked for (`minimumLift`). If the noise is too high for that, a wider bound is claimed once half of the budget is used, and the first sentence says which lifts cannot be excluded. Nothing is given up before',
  },
  sentence: noneSentence,
  next: nextForNone,
  reasons: ({ settings }, { widened, untested }) => [
    ...(widened
      ? [`the noise was too high to exclude a lift of ${renderRatio(settings.minimumLift)}, which was asked for`]
      : []),
    ...untested.map((layer) => `${layer} was never stubbed: nothing is said of it`),
  ],
};

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
