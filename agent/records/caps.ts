// Records of the cap probe in the run's folder, and their decoding.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { knobSchema } from './knob.ts';
import { sliceSchema } from './slice.ts';

const subject = z.enum(['stack', 'nothing', ...layers]);

const point = {
  visit: z.number().int().nonnegative(),
  /** I/Os in flight that each guest offers. */
  depth: z.number().int().positive(),
  /** The whole delay of the visit; left out: the design's, as there was only one. */
  delayNs: z.number().positive().max(1e12).exactOptional(),
  subject,
  delay: z.enum(['full', 'half']),
  /** How many guests run. */
  guests: z.number().int().positive(),
};

/** One line of caps.ndjson (of earlier versions probe.ndjson): a point and the slice that was measured for it. */
export const capsPointSchema = z.object({ ...point, slice: sliceSchema });
export type CapsPointRecord = z.output<typeof capsPointSchema>;

/** caps.json: everything from which the findings are computed again. */
export const capsSchema = z.object({
  version: z.literal(1),
  design: z.object({
    layers: z.array(z.enum(layers)),
    leftOut: z.array(z.enum(layers)).readonly().exactOptional(),
    media: z.boolean(),
    guests: z.number().int().positive().max(64),
    delayNs: z.number().positive().max(1e12),
    longer: z
      .array(z.object({ delayNs: z.number().positive().max(1e12), cost: z.number().positive() }))
      .max(16)
      .exactOptional(),
    maxDepth: z
      .number()
      .int()
      .positive()
      .max(2 ** 20),
    alpha: z.number().positive().lt(1),
    budgetPoints: z.number().int().positive().max(1e6),
  }),
  observations: z.array(
    z.object({
      ...point,
      goodput: z.number().positive(),
      ownNs: z.partialRecord(z.enum(layers), z.number().nonnegative()).exactOptional(),
    }),
  ),
  /** I/Os in flight that each guest of the run asks for. */
  depths: z.array(z.number().positive()).exactOptional(),
  /** The knobs of this host while the stack stood. */
  knobs: z.array(knobSchema),
});
export type CapsRecord = z.output<typeof capsSchema>;
