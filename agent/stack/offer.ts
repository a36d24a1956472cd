// A driver's parameter is its offer to the devices that are made next, and the same for everybody's: it is ours for as
// long as our device comes into being, and no longer.

import type { Host } from '../host/host.ts';

export interface Offer {
  /** Below /sys/module, such as `tcm_loop/parameters/can_queue`. */
  readonly parameter: string;
  readonly value: string;
}

/** Gives what puts back what was offered before: to be called as soon as ours have taken it. Until then the journal knows it. */
export async function offer(host: Host, offers: readonly Offer[], why: string): Promise<() => Promise<void>> {
  const changed: { readonly path: string; readonly before: string }[] = [];
  for (const { parameter, value } of offers) {
    const path = `/sys/module/${parameter}`;
    // In a dry run the driver may not be there to ask.
    changed.push({ path, before: (await host.read(path))?.trim() ?? '<what was there>' });
    await host.apply({ kind: 'write', path, value, restore: 'prior', why });
  }
  return async () => {
    for (const { path, before } of changed.toReversed())
      await host.apply({ kind: 'write', path, value: before, restore: 'never', ends: true, why: `${why}; put back` });
  };
}
