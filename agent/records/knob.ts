// A knob as caps.json holds it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';

const knob = z.object({
  id: z.string(),
  layer: z.enum([...layers, 'load']),
  name: z.string(),
  where: z.string(),
  device: z.string().exactOptional(),
  sharedIn: z.string().exactOptional(),
  value: z.string(),
  defaultValue: z.string().exactOptional(),
  atDefault: z
    .boolean()
    .optional()
    .transform((known): boolean | undefined => known),
  limit: z.number().exactOptional(),
  queues: z.number().exactOptional(),
  scope: z.enum(['queue', 'device', 'shared', 'host', 'cgroup']),
  change: z.string(),
});

/** One knob, of this version or of one that called the default `standard`. */
export const knobSchema = z.preprocess((raw) => {
  if (typeof raw !== 'object' || raw === null || !('standard' in raw)) return raw;
  const { standard, ...rest } = raw;
  return { defaultValue: standard, ...rest };
}, knob);
