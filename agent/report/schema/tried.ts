// Schema of a knob that was tried.

import * as z from 'zod';
import { outcomes } from '../../findings/gain.ts';
import { layers } from '../../lib/layer.ts';
import { lift, list } from './shared.ts';

export const triedSchema = z
  .object({
    run: z.string().describe('id of the run whose report names the change'),
    layer: z.enum(layers),
    name: z.string().describe('of the setting'),
    where: z.string().describe('the path at which that run read it'),
    from: z.string(),
    to: z.string(),
    how: z.enum(['live', 'anew']).describe('turned under the load, or the stack was raised again for each slice'),
    predicted: lift.describe('goodput with the setting turned over goodput as it was, as that run promises it'),
    gain: lift.nullable().describe('the same as it was measured; null: too few slices'),
    outcome: z
      .enum(outcomes)
      .describe('of the gain beside what was predicted; alike: neither is more than 15 % over the other'),
    lasting: list(z.string()).describe('how the change lasts'),
  })
  .describe('the setting that was turned and put back, in place of a verdict; left out: the run tried none');
