// One measured slice as it is written to disk, and back. Whoever reads a run's folder decodes it here.

import { z } from 'zod';
import { layers } from '../lib/layer.ts';

const layer = z.enum(layers);

export const sliceSchema = z.object({
  version: z.literal(1),
  seq: z.number().int().nonnegative(),
  block: z.number().int().nonnegative(),
  arm: z.string(),
  /** Wall clock at the start of the measured window. */
  startedAt: z.iso.datetime(),
  switchMs: z.number().nonnegative(),
  /** Useful I/O a second over all guests. */
  goodput: z.number().nonnegative(),
  guests: z.array(
    z.object({
      guest: z.number().int().positive(),
      elapsedMs: z.number().positive(),
      ios: z.number().nonnegative(),
      bytes: z.number().nonnegative(),
      errors: z.number().nonnegative(),
      meanLatencyNs: z.number().nonnegative(),
    }),
  ),
  junctions: z.array(
    z.object({
      layer,
      guest: z.number().int().nonnegative(),
      iosPerSecond: z.number(),
      bytesPerSecond: z.number(),
      meanLatencyNs: z.number(),
    }),
  ),
  measurements: z.record(z.string(), z.record(z.string(), z.number())),
  /** Doubts about this slice, as sentences. */
  caveats: z.array(z.string()),
  /** Why this slice does not count; null if it does. */
  voided: z.string().nullable().default(null),
});

export type SliceRecord = z.output<typeof sliceSchema>;
