// The twin beside its host, as part of the report's document.

import * as z from 'zod';
import { layerName, list } from './shared.ts';

const beside = {
  host: z.number().nullable().describe('null: not known'),
  twin: z.number().nullable().describe('null: not known'),
};
const pair = z.object(beside);

export const twinSchema = z.object({
  host: z.string(),
  travels: z
    .enum(['yes', 'no', 'unknown'])
    .describe('whether the verdict on the twin is one on the host; unknown: nothing could be compared'),
  unseen: z
    .enum(['not-looked-at', 'gone', 'idle', 'uncounted', 'no-slices'])
    .exactOptional()
    .describe('why nothing could be compared'),
  lost: list(z.string()).describe('devices of the host that went away or were replaced during the run'),
  layers: list(
    z.object({
      layer: layerName,
      ownNs: pair.describe('in the layer itself, down to the next one in this list: mean of an I/O, nanoseconds'),
      inFlight: pair.describe("in the layer itself, by Little's law"),
      share: pair.describe('of the time of an I/O, 0 to 1'),
      others: list(z.string()).describe('who else uses the same devices of the host'),
      differs: list(z.enum(['latency', 'in-flight'])).describe('by more than 25 % of the host'),
    }),
  ).describe('bottom to top; those of which both sides have figures'),
  load: z
    .object({ ...beside, differs: z.boolean() })
    .describe('I/Os in flight in the topmost of these layers and all below it'),
  moved: z
    .number()
    .exactOptional()
    .describe("the host's latency during the run over that before; left out: within 25 %, or not known"),
  fingerprint: z
    .object({
      offeredOverCap: pair.describe('I/Os in flight over what the layers let through, the most of any layer'),
      loadOverNextLimit: pair.describe("goodput as deployed over that with all stubs; the host's own is not known"),
      cpu: pair.describe('busy share of all CPUs, 0 to 1: before the run, and as deployed in it'),
    })
    .describe('figures without a unit'),
  apart: list(z.enum(['cap', 'cpu'])).describe('full on one side and not on the other'),
  says: z.string().nullable().describe('what looked full on the host meanwhile; null: it was not looked at'),
  notCloned: list(z.string()).describe('parts of the host that the twin has not'),
});
