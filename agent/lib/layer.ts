// The words that every other module speaks: the layers of the path and the arms that set them.

/** The layers that a guest's I/O crosses, always listed bottom to top. */
export const layers = ['media', 'network', 'blockstack', 'ring'] as const;

export type Layer = (typeof layers)[number];

/** `deployed` is what the site runs; `stub` is the same place in the path with its cost removed. */
export type Role = 'deployed' | 'stub';

/** A target of a junction: a role of its layer, or, for the media in the cap probe, a fixed delay or half of it. */
export type Form = Role | 'delay' | 'half-delay';

/** One setting of all junctions. `stubbed` is in layer order; every other layer of the stack is deployed. */
export interface Arm {
  readonly id: string;
  readonly stubbed: readonly Layer[];
  /** In the cap probe: the fixed delay that stands in for the media, whatever `stubbed` says. */
  readonly media?: 'delay' | 'half-delay';
  /** The knob that is tried has its other value. */
  readonly turned?: true;
}

export function isLayer(word: string): word is Layer {
  return (layers as readonly string[]).includes(word);
}

/** Sorts layers bottom to top and drops repeats. */
export function inLayerOrder(some: Iterable<Layer>): readonly Layer[] {
  const set = new Set(some);
  return layers.filter((layer) => set.has(layer));
}
