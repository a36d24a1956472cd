// How the value of a knob and the I/Os in flight that it lets through depend on each other. Settings count in I/Os, in entries
// of which one or two stay free, in rings or queues of so many I/Os, or in orders of pages.

import { ringSlots } from '../lib/xen.ts';

/** A knob as far as its scale goes. */
export interface Scaled {
  readonly id: string;
  readonly value: string;
  /** I/Os in flight that `value` lets through in the knob's scope. */
  readonly limit: number;
}

/** The value with which a knob lets through `inFlight` I/Os in its scope; undefined where its value does not say how many it lets through. */
export function valueFor({ id, value, limit }: Scaled, inFlight: number): number | undefined {
  const scale = scaleOf({ id, value, limit });
  switch (scale?.by) {
    case 'order':
      return Math.max(0, Math.ceil(Math.log2(inFlight / ringSlots(0))));
    case 'free':
      return inFlight + scale.free;
    case 'each':
      return Math.ceil(inFlight / scale.each);
    case undefined:
      return undefined;
  }
}

/** I/Os in flight that a knob would let through at `count`: the inverse of `valueFor`. */
export function limitAt(knob: Scaled, count: number): number | undefined {
  const scale = scaleOf(knob);
  switch (scale?.by) {
    case 'order':
      return ringSlots(count);
    case 'free':
      return count - scale.free;
    case 'each':
      return count * scale.each;
    case undefined:
      return undefined;
  }
}

type Scale =
  | { readonly by: 'order' }
  | { readonly by: 'free'; readonly free: number }
  | { readonly by: 'each'; readonly each: number };

/** Entries of a queue that hold no I/O: one that stays free, one that the driver keeps. */
const mostFree = 2;

function scaleOf({ id, value, limit }: Scaled): Scale | undefined {
  const now = /^\d+$/.test(value) ? Number(value) : NaN;
  if (id === 'xen.order' && limit === ringSlots(now)) return { by: 'order' };
  if (Math.abs(now - limit) <= mostFree) return { by: 'free', free: now - limit };
  return now > 0 && limit % now === 0 ? { by: 'each', each: limit / now } : undefined;
}
