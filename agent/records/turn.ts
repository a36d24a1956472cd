// A knob that is tried, as plan.json holds it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import type { Turn } from '../plan/turn.ts';
import { liveTurnSchema } from './knob.ts';

const ratio = z.number().positive();

export const turnSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  layer: z.enum(layers),
  knob: z.object({ id: z.string(), name: z.string(), where: z.string() }),
  from: z.string(),
  to: z.string(),
  how: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('live'), takes: liveTurnSchema }),
    z.object({ kind: z.literal('anew'), setting: z.string(), offset: z.number().int() }),
  ]),
  predicted: z.object({ estimate: ratio, low: ratio, high: ratio }),
  lasting: z.array(z.string()),
}) satisfies z.ZodType<Turn>;
