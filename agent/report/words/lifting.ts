// The layers whose stub alone is proven to lift goodput, and where to look in each.

import { rules } from '../../analysis/rules.ts';
import { type Lift, namedIn } from '../../analysis/verdict/verdict.ts';
import type { Layer } from '../../lib/layer.ts';
import type { Facts } from './facts.ts';

/** The largest lift first. Of a verdict that names no layer, those that it says are proven. */
export function liftingAlone({
  verdict,
  layers,
  settings,
}: Pick<Facts, 'verdict' | 'layers' | 'settings'>): readonly { readonly layer: Layer; readonly lift: Lift }[] {
  if (verdict.kind === 'none' || verdict.kind === 'outside' || verdict.kind === 'not-asked') return [];
  // As in `lifts` of analysis/verdict/standing.ts.
  const isProven = ({ estimate, low }: Lift): boolean =>
    estimate >= settings.minimumLift && low > settings.minimumLift ** rules.guard;
  return layers
    .flatMap(({ layer, lift }) => (lift && isProven(lift) ? [{ layer, lift }] : []))
    .filter(({ layer }) => verdict.kind !== 'inconclusive' || namedIn(verdict).includes(layer))
    .sort((a, b) => b.lift.estimate - a.lift.estimate);
}

const places: Readonly<Record<Layer, string>> = {
  media: 'the latency, queue depth and health of the disks, and other work on them such as a rebuild or a scrub',
  network: 'latency, loss and rate on the storage path, and the queues of its initiator and target',
  blockstack: 'the device-mapper targets, the I/O scheduler and its queue size, and cgroup limits',
  ring: 'the number of its queues and their depth, and what of them was left at its default',
};

/** Where to look in a layer that holds the host back. */
export function placeOf(layer: Layer): string {
  return places[layer];
}
