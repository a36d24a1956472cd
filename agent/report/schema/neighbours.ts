// Schema of the comparison of guests: the same fields as in the analysis.

import * as z from 'zod';
import { list } from './shared.ts';

const guest = z.number().int().describe('number of the guest, from 1');
const interval = z
  .object({ estimate: z.number(), low: z.number(), high: z.number() })
  .describe('estimate and one-sided bounds');

const neighbour = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('neighbour'),
      guest,
      costsOthers: interval.describe(
        'share of the goodput that the others would have without it, beyond what the median guest costs them',
      ),
      also: list(guest).describe('further guests of which the same is proven'),
    })
    .describe('one guest costs the others more than guests here usually do'),
  z
    .object({ kind: z.literal('none'), bound: z.number().describe('no guest costs the others more than this share') })
    .describe('no guest stands out'),
  z.object({ kind: z.literal('inconclusive'), why: z.string() }).describe('cannot tell yet'),
]);

const summary = z
  .object({
    guests: z.number().int().describe('guests that these figures are over: those measured alone'),
    worst: z.object({ guest, slowdown: z.number() }),
    meanSlowdown: z.number().describe('geometric mean of the slowdowns'),
    fairness: z.number().describe("Jain's index of the reciprocal slowdowns: 1 = all are slowed alike, however much"),
    throughput: z.number().describe('sum of the reciprocal slowdowns (STP): work done, in guests that run alone'),
    turnaround: z.number().describe('arithmetic mean of the slowdowns (ANTT)'),
  })
  .describe('from the estimates of the slowdowns');

export const neighboursSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('single') }).describe('one guest: there is nobody to interfere'),
  z.object({
    kind: z.literal('measured'),
    slices: z.number().int(),
    blocks: z.number().int(),
    guests: list(
      z.object({
        guest,
        alone: z.number().nullable().describe('mean useful I/O a second with all others paused; null: not measured'),
        together: z.number().nullable().describe('mean useful I/O a second with all running; null: not measured'),
        slowdown: interval.nullable().describe('alone over together, a ratio; null: not measured, or too few slices'),
      }),
    ),
    summary: summary.nullable().describe('null: no slowdown is known'),
    scaling: list(
      z.object({
        guests: z.number().int().describe('the first so many guests ran, the others were paused'),
        goodput: z.number().describe('useful I/O a second in sum, drift taken out'),
        efficiency: z.number().nullable().describe('X(N) / (N X(1)): 1 = each does what guest 1 does alone'),
      }),
    ),
    neighbour,
  }),
]);
