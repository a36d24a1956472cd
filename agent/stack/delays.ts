// Two more forms of the media for the cap probe: a fixed delay of unlimited width, and half of it.

import type { Host } from '../host/host.ts';
import type { Form } from '../lib/layer.ts';
import type { Names } from './names.ts';
import { raiseNullBlk, wideDepth } from './media/null-blk-device.ts';
import type { Lane } from './provider.ts';
import type { Stack, StackPlan } from './raise.ts';

/**
 * Gives the stack with a media junction that can also point at `delay` (nanoseconds) and `half-delay`. `number` tells the
 * pairs of a run apart, from 1 up.
 */
export async function raiseDelays(
  host: Host,
  names: Names,
  place: { readonly plan: StackPlan; readonly stack: Stack; readonly delayNs: number; readonly number: number },
): Promise<Stack> {
  const { plan, stack, delayNs, number } = place;
  const suffix = number > 1 ? `${number}` : '';
  const { geometry, guests, cpus, writable } = plan;
  const site = { host, names, under: [], geometry, guests, cpus, writable };
  const raise = async (part: string, latencyNs: number): Promise<Lane> => {
    const why = `a delay of ${latencyNs / 1e6} ms in place of the media`;
    const shape = { depth: wideDepth, queues: cpus, memory: false };
    const [lane] = await raiseNullBlk(site, { part, latencyNs: Math.round(latencyNs), ...shape, why });
    return lane ?? { device: '', sectors: 0 };
  };
  const delays: Partial<Record<Form, Lane>> = {
    delay: await raise(`delay${suffix}`, delayNs),
    'half-delay': await raise(`half${suffix}`, delayNs / 2),
  };
  const junctions = stack.junctions.map((junction) =>
    junction.layer === 'media' ? { ...junction, lanes: { ...junction.lanes, ...delays } } : junction,
  );
  return { ...stack, junctions };
}
