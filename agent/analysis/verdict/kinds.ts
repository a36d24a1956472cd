// Every kind of verdict as it is serialised: the one list of them. verdict.ts makes the types of the analysis from it, the
// report its schema. In the analysis `why` is data, in a report a sentence.

import * as z from 'zod';
import { limitSources, ownLimitKinds } from '../../lib/own-limit.ts';
import { layerLift, layerName, lift, list, ratio } from './shape.ts';

const someLayers = list(layerName);

const metLimits = list(
  z.object({
    kind: z.enum(ownLimitKinds),
    value: z.string().describe('as its source writes it, such as riops=120'),
    by: z.enum(limitSources).describe('who sets it: the profile, its job file, or --max-impact'),
    guests: list(z.number().int()).describe('numbers of the guests that meet it'),
  }),
);

export const verdictKinds = [
  z
    .object({
      kind: z.literal('lever'),
      layer: layerName,
      lift,
      next: layerName.exactOptional().describe('the best of the rest, where its lift is proven too'),
    })
    .describe('one layer lifts goodput most'),
  z.object({ kind: z.literal('tie'), layers: someLayers, lift }).describe('several layers lift alike, each on its own'),
  z
    .object({
      kind: z.literal('masked'),
      layers: someLayers,
      lift: lift.describe('of stubbing the layers together'),
      alternatives: list(someLayers).describe('other sets that explain the headroom as well'),
      minor: list(layerLift).describe('layers of the set that lift on their own as well'),
      unproven: someLayers.describe('stubbed with the others because no arm without them exists; may not matter'),
    })
    .describe('several stubs save more time together than one by one: the layers hide one another'),
  z
    .object({
      kind: z.literal('none'),
      bound: ratio.describe('no stub lifts by more than this'),
      delta: ratio.describe('the lift that was excluded'),
      widened: z.boolean().describe('the noise was too high for the lift asked for: delta is larger'),
      covers: list(someLayers).describe('the sets of stubs that it was proven for'),
      untested: someLayers.describe('never stubbed: nothing is said of them'),
      above: metLimits
        .exactOptional()
        .describe("limits of the guests' own that are met, but not as deployed, or not they alone"),
    })
    .describe('no layer holds the host back'),
  z
    .object({
      kind: z.literal('outside'),
      limit: z
        .enum([...ownLimitKinds, 'thread', 'cpu'])
        .describe("a limit of the guests' own, the one thread of each load generator, or the CPU of the host"),
      why: z.string(),
      met: metLimits.exactOptional().describe("the guests' own limits that are met, where it is these"),
    })
    .describe("the guests' own limits, the load generator or the CPU is the limit"),
  z
    .object({
      kind: z.literal('inconclusive'),
      why: z.string(),
      candidates: someLayers.describe('not yet ruled out'),
      proven: someLayers.describe('those of them whose stub is proven to lift'),
      headroom: lift.exactOptional().describe('of all stubs together'),
      moreBlocks: z.number().exactOptional().describe('more blocks that should settle it'),
      poorStubs: someLayers.exactOptional().describe('layers whose stub is no better than what it replaces'),
      disturbed: z.literal(true).exactOptional().describe('too many slices were void'),
    })
    .describe('cannot tell yet'),
] as const;
