// The words of the verdict "tie".

import { renderList, renderRise } from '../figures.ts';
import { looks, nextKnob } from '../next-knob.ts';
import type { VerdictWords } from './kind.ts';

export const tie: VerdictWords<'tie'> = {
  about: {
    says: 'several layers hold it back alike, each on its own',
    more: 'the difference is so small (15 %) that it is nothing to act on, even if the difference itself is proven',
  },
  sentence: (_, { layers, lift }) =>
    `${renderList(layers)} hold this host back alike: with any one of them stubbed, goodput ${renderRise(lift)}.`,
  next: (facts, { layers }) =>
    nextKnob(facts) ??
    `start with the cheapest fix of ${renderList(layers, 'or')}; each helps on its own. ${looks(layers)}`,
};
