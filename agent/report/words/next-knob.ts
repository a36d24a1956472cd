// The next step for layers that lift.

import type { Layer } from '../../lib/layer.ts';
import { bindingKnob } from './caps.ts';
import type { Facts } from './facts.ts';
import { renderRise } from './figures.ts';
import { raiseClause } from './knobs.ts';
import { liftingAlone, placeOf } from './lifting.ts';

/** A step that can be taken at once, with its proven gain: of all layers that lift alone, the best of those whose cap has a setting. */
export function nextKnob(facts: Facts): string | undefined {
  const [best] = liftingAlone(facts).flatMap(({ layer, lift }) => {
    const knob = bindingKnob(facts.caps, layer);
    return knob ? [{ layer, lift, knob }] : [];
  });
  if (!best) return undefined;
  return `${raiseClause(best.knob)}; with ${best.layer} stubbed, goodput ${renderRise(best.lift)}; then repeat, as the next limit shows only then.`;
}

/** Where to look in each of these layers. */
export function looks(some: readonly Layer[]): string {
  return some.map((layer) => `In ${layer}: ${placeOf(layer)}.`).join(' ');
}
