// Schemas of plan.json, host.json and neighbours.json of a run's folder.

import * as z from 'zod';
import { guestKinds } from '../lib/guest.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import { leftOutAbout } from '../lib/job-change.ts';
import { layers } from '../lib/layer.ts';
import { stackNoteSchema } from '../lib/stack-note.ts';
import { usualAims } from '../plan/plan.ts';
import { cutShortSchema } from './phase.ts';
import { runCaveatSchema } from './run-caveat.ts';
import { turnSchema } from './turn.ts';

export const metaSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  tool: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** Left out: the run came to its end; or, without `endedAt`, it has none yet. */
  cutShort: cutShortSchema.exactOptional(),
  /** Doubts about the whole run; earlier versions wrote sentences. */
  caveats: z.array(runCaveatSchema),
  host: z.record(z.string(), z.unknown()),
  /** Left out: none was given. */
  labels: z.record(z.string(), z.string()).exactOptional(),
});
export type RunMeta = z.output<typeof metaSchema>;

const layer = z.enum(layers);
/** More slices or blocks than any run has; a count beyond it would keep the analysis busy for ever. */
const most = 1e6;
const looks = z.array(z.number().int().positive().max(most)).max(1000);
const demand = z.object({
  depth: z.number().positive(),
  rates: z.array(
    z.object({
      kind: z.enum(['rate', 'rate-iops', 'think-time']),
      value: z.string(),
      way: z.enum(['read', 'write', 'any']),
      unit: z.enum(['ios', 'bytes']),
      perSecond: z.number().positive(),
    }),
  ),
});
const impact = z.object({
  io: z.partialRecord(z.enum(['riops', 'wiops', 'rbps', 'wbps']), z.number().positive()),
  cpuPercent: z.number().positive().exactOptional(),
});
const names = z.array(z.string()).readonly();
const jobChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('left-out'), about: z.enum(leftOutAbout), options: names }),
  z.object({ kind: z.literal('phase'), phase: z.number().int(), of: z.number().int(), sections: names }),
  z.object({ kind: z.literal('buffered'), sections: names }),
  z.object({ kind: z.literal('one-at-a-time'), engine: z.string(), asked: z.number(), sections: names }),
  z.object({ kind: z.literal('working-set'), bytes: z.number(), laneBytes: z.number() }),
]);
const choice = z.object({ provider: z.string(), settings: z.unknown() });
export const planSchema = z.object({
  version: z.literal(1),
  profile: z.looseObject({
    name: z.string(),
    question: z.string(),
    // Earlier versions had no other.
    guest: z.enum(guestKinds).default('cgroup'),
    guests: z.array(z.looseObject({})).min(1),
    workload: z.looseObject({}),
    experiment: z.looseObject({ settle: z.union([z.literal('pilot'), z.number()]) }),
    stack: z.array(z.object({ layer, deployed: choice, stub: choice.nullable() })),
  }),
  design: z
    .object({
      layers: z.array(layer).min(1),
      arms: z.array(z.string()).min(2),
      stages: z.enum(['A', 'A+B']),
      delta: z.number().positive().max(10),
      alpha: z.number().positive().lt(1),
      budgetSlices: z.number().int().positive().max(most),
      looks,
      widenNone: z.boolean(),
    })
    .superRefine(({ layers: stack, arms }, context) => {
      for (const [i, id] of arms.entries()) {
        if (parseArm(id, stack) === undefined)
          context.addIssue({ code: 'custom', path: ['arms', i], message: `"${id}" is no arm of ${stack.join(', ')}` });
      }
      // Every lift is over the baseline, and a stack without stubs has none.
      if (!arms.includes(baselineId))
        context.addIssue({ code: 'custom', path: ['arms'], message: 'the baseline is missing' });
    }),
  // A run of an earlier version had no choice.
  aims: z.object({ verdict: z.boolean(), caps: z.boolean(), neighbours: z.boolean() }).default(usualAims),
  geometry: z.object({ sectors: z.number(), blockBytes: z.number() }),
  seed: z.number().int(),
  cold: z.boolean(),
  settleMs: z.number().nonnegative(),
  measureMs: z.number().positive(),
  latencyMs: z.number().positive().exactOptional(),
  budgetMs: z.number().positive(),
  open: z.array(z.string()),
  // Earlier versions had none.
  stackNotes: z.array(stackNoteSchema).exactOptional(),
  // Earlier versions recorded neither.
  demand: demand.exactOptional(),
  demands: z.array(demand).exactOptional(),
  jobChanges: z.array(jobChange).exactOptional(),
  impact: impact.exactOptional(),
  turn: turnSchema.exactOptional(),
});

export const neighboursSchema = z.object({
  version: z.literal(1),
  design: z.object({
    guests: z.number().int().positive().max(64),
    budgetSlices: z.number().int().positive().max(most),
    delta: z.number().positive().max(10),
    alpha: z.number().positive().lt(1),
    looks,
    mixed: z.literal(true).exactOptional(),
  }),
  observations: z.array(
    z.object({
      block: z.number().int().nonnegative(),
      running: z.array(z.number().int().positive()).min(1),
      goodput: z.array(z.object({ guest: z.number().int().positive(), goodput: z.number().positive() })),
    }),
  ),
});
