// The words of the verdict "lever".

import { kindClause } from '../caps.ts';
import { renderRise } from '../figures.ts';
import { placeOf } from '../lifting.ts';
import { nextKnob } from '../next-knob.ts';
import type { VerdictWords } from './kind.ts';

export const lever: VerdictWords<'lever'> = {
  about: {
    says: 'one layer holds the host back',
    more: "the layer's stub alone lifts goodput, and more than any other stub",
  },
  sentence: (facts, { layer, lift }) =>
    `${layer} holds this host back${kindClause(facts, layer)}: with it stubbed, goodput ${renderRise(lift)}.`,
  next: (facts, { layer }) => nextKnob(facts) ?? `look at ${placeOf(layer)}.`,
  reasons: ({ layers }, { next }) => {
    const lift = layers.find(({ layer }) => layer === next)?.lift;
    return next ? [`${next} is the second best${lift ? `: stubbed alone, goodput ${renderRise(lift)}` : ''}`] : [];
  },
};
