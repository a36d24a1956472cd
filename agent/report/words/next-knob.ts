// The next step for layers that lift.

import type { Lift } from '../../analysis/verdict/verdict.ts';
import type { Layer } from '../../lib/layer.ts';
import { word } from '../../lib/shell-words.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { bindingKnob } from './caps.ts';
import type { Facts } from './facts.ts';
import { renderRise } from './figures.ts';
import { raiseClause } from './knobs.ts';
import { liftingAlone, placeOf } from './lifting.ts';

type Knob = NonNullable<ReportDocument['caps']>['rows'][number]['knobs'][number];

/** A step that can be taken at once, with its proven gain: of all layers that lift alone, the best of those whose cap has a setting. */
export function nextChange(
  facts: Pick<Facts, 'verdict' | 'layers' | 'settings' | 'caps'>,
): { readonly layer: Layer; readonly lift: Lift; readonly knob: Knob } | undefined {
  return liftingAlone(facts).flatMap(({ layer, lift }) => {
    const knob = bindingKnob(facts.caps, layer);
    return knob ? [{ layer, lift, knob }] : [];
  })[0];
}

/** The same in words, with the command that tries it where it can be tried. */
export function nextKnob(facts: Facts): string | undefined {
  const best = nextChange(facts);
  if (!best) return undefined;
  const { layer, lift, knob } = best;
  const trial = knob.tried === undefined ? '' : `; try it before: \`layerlift try ${word(facts.folder)}\``;
  return `${raiseClause(knob)}; with ${layer} stubbed, goodput ${renderRise(lift)}${trial}; then repeat, as the next limit shows only then.`;
}

/** Where to look in each of these layers. */
export function looks(some: readonly Layer[]): string {
  return some.map((layer) => `In ${layer}: ${placeOf(layer)}.`).join(' ');
}
