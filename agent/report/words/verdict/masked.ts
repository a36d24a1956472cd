// The words of the verdict "masked".

import { bindingKnob } from '../caps.ts';
import type { Facts } from '../facts.ts';
import { renderList, renderRise } from '../figures.ts';
import { raiseClause } from '../knobs.ts';
import { looks, nextKnob } from '../next-knob.ts';
import type { Of, VerdictWords } from './kind.ts';

export const masked: VerdictWords<'masked'> = {
  about: {
    says: 'several layers hide one another',
    more: "the stubs save more of an I/O's time together than one by one, and no single layer explains what all of them save",
  },
  sentence: (_, verdict) => maskedSentence(verdict),
  next: (facts, verdict) => nextKnob(facts) ?? nextForMasked(facts, verdict),
  reasons: (_, { alternatives, minor, unproven }) => [
    ...alternatives.map((set) => `stubbing ${renderList(set)} together does as well: the fixes are interchangeable`),
    ...minor.map(({ layer, lift }) => `${layer} lifts on its own as well: goodput ${renderRise(lift)}`),
    ...unproven.map((layer) => `${layer} may not matter: no arm leaves it deployed with the others stubbed`),
  ],
};

/** "Only" is said where no layer of the set lifts by itself. */
function maskedSentence({ layers, lift, minor }: Of<'masked'>): string {
  const names = renderList(layers);
  if (minor.length === 0)
    return `${names} hide one another: only with all of them stubbed, goodput ${renderRise(lift)}.`;
  return `${names} hide one another: with all of them stubbed, goodput ${renderRise(lift)}, more than they lift one by one.`;
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
