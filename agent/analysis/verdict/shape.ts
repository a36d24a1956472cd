// The parts that the shapes of verdicts share, as they are serialised.

import * as z from 'zod';
import { layers } from '../../lib/layer.ts';

export const layerName = z.enum(layers);
export const ratio = z.number().describe('ratio of goodputs, 1 = no change');

export const lift = z
  .object({ estimate: ratio, low: ratio, high: ratio })
  .describe('goodput over the baseline: estimate and one-sided bounds, 1 = no change');

export const layerLift = z.object({ layer: layerName, lift });

export function list<S extends z.ZodType>(item: S): z.ZodReadonly<z.ZodArray<S>> {
  return z.array(item).readonly();
}
