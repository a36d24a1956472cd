// What the layers of a profile would make of media that were looked at, before anything is raised.

import { ProfileError } from '../lib/errors.ts';
import type { Layer } from '../lib/layer.ts';
import type { Geometry, Outline } from '../stack/provider.ts';
import { sliceSectors, type StackLayer, smallestSliceSectors } from '../stack/raise.ts';

export interface LayerOutline {
  readonly layer: Layer;
  readonly outline: Outline;
}

/** None where the guests do not fit: that is refused on its own. */
export function outlinesOf(
  layers: readonly StackLayer[],
  { sectors }: Geometry,
  guests: number,
): readonly LayerOutline[] {
  if (sectors / guests < smallestSliceSectors) return [];
  const lane = { sectors, slice: sliceSectors(sectors, guests), guests };
  return layers.flatMap(({ layer, deployed }) =>
    deployed.outline ? [{ layer, outline: deployed.outline(lane) }] : [],
  );
}

/** A real device is written to by nothing but a load that writes. Throws ProfileError. */
export function mustWrite(
  at: string,
  { outlines, writable }: { readonly outlines: readonly LayerOutline[]; readonly writable: boolean },
): void {
  const writing = outlines.filter(({ outline }) => outline.writes);
  if (writable || writing.length === 0) return;
  throw new ProfileError(
    writing.map(({ layer }) => ({
      ...{
        at,
        message: `stack.${layer}.deployed: it writes to the device before the first slice, and the load only reads`,
      },
      hint: 'leave `prepare` out, use a provider that writes nothing, or a model as media',
    })),
  );
}
