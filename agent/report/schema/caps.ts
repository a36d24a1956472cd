// Schema of the findings of the cap probe.

import * as z from 'zod';
import { layers } from '../../lib/layer.ts';
import { list } from './shared.ts';

const interval = z
  .object({ estimate: z.number(), low: z.number(), high: z.number() })
  .describe('an estimate with the bounds that the truth lies between');
const load = z.number().describe('elasticity of goodput to load: 1 = in step, 0 = not at all');
const delay = z.number().describe('elasticity of goodput to the delay beneath: -1 = it halves when that doubles');

const limit = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('cap'),
      size: interval.describe('I/Os in flight over all guests'),
      scope: z.enum(['host-wide', 'per-guest', 'unknown']),
      perGuest: interval.exactOptional().describe('I/Os in flight of one guest, where each has its own'),
      load,
      delay,
    })
    .describe('so many I/Os at a time and no more'),
  z.object({ kind: z.literal('rate'), perSecond: interval, load, delay }).describe('so many I/Os a second and no more'),
  z
    .object({
      kind: z.literal('latency'),
      addedNs: z.number().describe('what an I/O takes beyond the stubs'),
      load: load.exactOptional(),
      delay: delay.exactOptional(),
    })
    .describe('no limit, but each I/O takes longer'),
  z
    .object({
      kind: z.literal('open'),
      upTo: z.number().describe('I/Os in flight over all guests'),
      load: load.exactOptional(),
      delay: delay.exactOptional(),
    })
    .describe('no limit up to so many in flight'),
  z
    .object({ kind: z.literal('saturated'), perSecond: interval, load })
    .describe('a cap or a rate: cannot be told apart'),
  z.object({
    kind: z.literal('unclear'),
    why: z.string(),
    upTo: z
      .number()
      .exactOptional()
      .describe('I/Os in flight over all guests up to which no limit was seen, nor that there is none'),
  }),
]);

const knob = z
  .object({
    id: z.string(),
    layer: z.enum([...layers, 'load']),
    name: z.string(),
    where: z.string().describe('the path that was read'),
    device: z.string().nullable(),
    value: z.string(),
    defaultValue: z.string().nullable().describe('its default, where it has a fixed one'),
    atDefault: z.boolean().nullable(),
    limit: z.number().describe('I/Os in flight that it allows in its scope'),
    times: z.number().int().describe('how many of it add up to the cap; 1: it fits alone'),
    needed: z
      .string()
      .nullable()
      .describe('the value with which it allows all that the guests of the run ask for; null: not known'),
    change: z.string().describe('how to change it, N for the value, and when that takes effect'),
    set: z
      .object({
        how: z.string().describe('what to type or do, with `needed` filled in where it is known'),
        isCommand: z.boolean().describe('a shell takes `how` as it stands'),
        effect: z.string().nullable().describe('when it takes effect'),
      })
      .describe('the change as one would make it'),
    tried: z
      .enum(['live', 'anew'])
      .exactOptional()
      .describe('how `layerlift try` turns it: under the load, or by raising its layer anew; left out: it cannot'),
  })
  .describe('a setting of the host that allows as many I/Os in flight as the cap');

export const capsSchema = z
  .object({
    delayNs: z.number().describe('the fixed delay that stood in for the media'),
    offered: z.number().describe('the most I/Os in flight that were offered and still served with all layers stubbed'),
    points: z.number().int(),
    rows: list(
      z.object({
        of: z.enum(['stack', ...layers]).describe('the whole stack, or one layer with all others stubbed'),
        limit,
        overNs: z.number().exactOptional().describe('the delay, where a longer one than `delayNs` was needed'),
        binds: z
          .boolean()
          .nullable()
          .describe('the guests of the run ask for more than this cap allows; null: no cap, or not known'),
        knobs: list(knob).describe('best suspects first'),
        suspects: list(z.string()).describe('where no knob fits a cap: what is known to allow as many'),
      }),
    ),
  })
  .describe('what limits the stack over a fixed delay, whatever the media is now');
