// Schema of the figures behind the plots: one row a point.

import * as z from 'zod';
import { layers } from '../../lib/layer.ts';
import { layerName, list } from './shared.ts';

const quantile = (share: string): z.ZodNumber => z.number().describe(`latency that ${share} of its I/Os stay within`);

const sliceRow = z.object({
  seconds: z.number().describe('start of the measured window, since the start of the run'),
  arm: z.string(),
  stubbed: list(layerName),
  goodput: z.number().describe('useful I/O a second over all guests'),
  latencyNs: z.object({ p50: z.number(), p99: z.number() }).nullable().describe('over all guests; null: not known'),
  part: z.enum(['verdict', 'recheck']).describe('what it was measured for'),
  counts: z.boolean().describe('false: it was disturbed, and is in no other figure of this document'),
});

const armTime = z.object({
  arm: z.string(),
  stubbed: list(layerName),
  guestsNs: z.number().nullable().describe('mean latency that the guests see'),
  layers: list(z.object({ layer: layerName, ownNs: z.number().describe('as `ownNs` of `latency`') })),
});

const guestLatency = z.object({
  guest: z.number().int(),
  latencyNs: z
    .object({
      p1: quantile('1 %'),
      p25: quantile('25 %'),
      p50: quantile('half'),
      p75: quantile('75 %'),
      p99: quantile('99 %'),
    })
    .describe('as deployed: the median over its slices of each quantile'),
});

const capPoint = z.object({
  of: z.enum(['stack', 'nothing', ...layers]).describe('what was deployed over the delay; nothing: all was stubbed'),
  delayNs: z.number().describe('the delay in place of the media'),
  inFlight: z.number().describe('I/Os in flight that the guests offered, in sum'),
  goodput: z.number(),
});

const pause = z.object({
  guest: z.number().int(),
  paused: z.number().int().describe('another guest'),
  ratio: z.number().describe('useful I/O a second of `guest` with that one paused, over that with all running'),
});

export const seriesSchema = z
  .object({
    slices: list(sliceRow).describe('in the order of time'),
    times: list(armTime).describe('where time is spent in each arm; arms without junction figures are left out'),
    guests: list(guestLatency).describe('empty where fio gave no histogram, or an earlier version recorded none'),
    caps: list(capPoint).describe('points of the cap probe'),
    pauses: list(pause).describe('what the pause of one guest gives each other'),
  })
  .describe('the figures behind the plots');
