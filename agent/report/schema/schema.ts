// The report as one versioned, serialisable document: what every format prints and what `--format json` hands over.

import * as z from 'zod';
import { exitCodes, type ExitName, stoppers } from '../../lib/exit-codes.ts';
import { layers } from '../../lib/layer.ts';
import { publishedSchema } from '../../lib/published-schema.ts';
import { phases } from '../../records/phase.ts';
import { capsSchema } from './caps.ts';
import { neighboursSchema } from './neighbours.ts';
import { twinSchema } from './twin.ts';
import { seriesSchema } from './series.ts';
import { triedSchema } from './tried.ts';
import { verdictSchema } from './verdict.ts';
import { layerName, layerLift, lift, list, ratio } from './shared.ts';

const exitNames = Object.keys(exitCodes) as [ExitName, ...ExitName[]];
const instant = z.iso.datetime();
const provider = z.object({
  provider: z.string().describe('name as in a profile'),
  about: z.string().describe('what the provider realises; empty when this version does not know it'),
});

const layerRow = z.object({
  layer: layerName,
  deployed: provider.describe('what the site runs'),
  stub: provider.nullable().describe('what replaced it; null: the layer stayed as it is'),
  lift: lift.nullable().describe('goodput with only this layer stubbed, over the baseline; null: not measured'),
  ceiling: lift
    .nullable()
    .describe('goodput with all layers but this one stubbed, over the baseline; null: not measured'),
  involvement: z
    .enum(['sole-bottleneck', 'co-bottleneck', 'contributor', 'next-limit', 'not-involved', 'unknown'])
    .describe('how lift and ceiling read together: a description by estimates, not a claim'),
  share: z.number().nullable().describe('share of the headroom credited to the layer; explains, never decides'),
});

const armRow = z.object({
  arm: z.string(),
  stubbed: list(layerName),
  slices: z.number().int().describe('slices measured'),
  meanGoodput: z.number().describe('mean over the slices of useful I/O a second over all guests'),
  lift: lift.nullable().describe('over the baseline, estimated within blocks; null: the baseline, or too few slices'),
});

const latency = z.object({
  guestsNs: z.number().nullable().describe('mean latency that the guests see, nanoseconds; null: not measured'),
  layers: list(
    z.object({
      layer: layerName,
      throughNs: z.number().describe('mean latency at the junction above the layer, nanoseconds: it and all below'),
      ownNs: z.number().describe('what the layer adds itself: its junction less the next lower one, never below 0'),
    }),
  ).describe('bottom to top, in the baseline arm, weighted by I/Os; layers without junction figures are left out'),
});

const guestRow = z.object({
  guest: z.number().int(),
  group: z.string().exactOptional().describe('its group in the profile; left out: of none'),
  offered: z
    .number()
    .exactOptional()
    .describe(
      'I/Os a second that it asks for in an open loop, of which goodput is what was served; left out: closed loop',
    ),
  goodput: z.number().describe('mean useful I/O a second in the baseline arm'),
  meanLatencyNs: z.number().describe('mean over its I/Os in the baseline arm, nanoseconds'),
  errors: z.number().describe('failed I/Os in the baseline arm'),
  objectiveNs: z.number().nullable().describe('I/Os that took longer are not useful, nanoseconds; null: none is set'),
  attainment: z
    .number()
    .nullable()
    .describe('share of its I/Os in the baseline arm that are useful; null: no objective, or no I/O'),
});

const groupRow = z.object({
  group: z.string(),
  guests: z.number().int(),
  goodput: z.number().describe('useful I/O a second of its guests together, mean in the baseline arm'),
  meanLatencyNs: z.number().describe('mean over its I/Os in the baseline arm, nanoseconds'),
  lifted: z
    .number()
    .nullable()
    .describe(
      'with all stubs that were measured together: useful I/O a second of its guests together; null: not measured',
    ),
});

const objective = z
  .object({
    guests: z.number().int().describe('guests that have one'),
    lowestNs: z.number(),
    highestNs: z.number(),
    attainment: z.number().nullable().describe('share of their I/Os in the baseline arm that are useful'),
  })
  .describe('the latency objectives of the guests, nanoseconds');

const odds = { even: z.number().describe('in half of such runs'), sure: z.number().describe('in nine of ten') };
const outlook = z.object({
  sigma: z.number(),
  levers: list(z.object({ blocks: z.number(), slices: z.number(), ...odds })).describe(
    'smallest lift proven after n blocks',
  ),
  none: z.object({ delta: ratio, ...odds }).describe('slices after which "none" is proven, if it is true'),
  masked: z.object({ lift: ratio, ...odds }).describe('slices after which layers that hide one another are proven'),
});

const settings = z.object({
  seed: z.number().int(),
  cold: z.boolean().describe('the stack was raised again for every slice'),
  settleMs: z.number(),
  measureMs: z.number(),
  secondsPerSlice: z.number().describe('planned duration of one slice with its switch, seconds'),
  budgetSlices: z.number().describe('the most slices to measure'),
  minimumLift: ratio.describe('the smallest lift that matters, as a ratio of goodputs'),
  alpha: z.number().describe('chance, over all layers and looks, of claiming a lift that is not there'),
  layers: list(layerName).describe('the layers that were compared'),
});

const settle = z
  .object({
    by: z.enum(['profile', 'pilot', 'default']).describe('who says so'),
    ms: z.number(),
    slowest: z
      .object({
        layer: layerName,
        to: z.enum(['stub', 'deployed']),
        deadMs: z.number().describe('time in which nothing completed'),
        tauMs: z.number().describe('time constant of the transient that followed'),
        amplitude: z.number().describe('how far the transient went, as a share of the level at its end'),
      })
      .nullable()
      .describe('the switch of the pilot that took longest to settle; null: none showed a transient, or no pilot'),
    blind: list(layerName).describe('layers that the pilot could not read'),
  })
  .describe('how long every slice settles before it is measured');

export const reportSchema = z
  .object({
    version: z.literal(1),
    kind: z.literal('layerlift-report'),
    run: z.string().describe('id of the run'),
    toolVersion: z.string(),
    profile: z.object({ name: z.string(), question: z.string().describe('what the profile asks; may be empty') }),
    startedAt: instant,
    endedAt: instant,
    window: z
      .object({ from: instant, to: instant })
      .describe('the time that the verdict speaks of: first to last slice'),
    verdict: verdictSchema,
    recheck: z
      .object({
        arm: z.string(),
        lift,
        outcome: z
          .enum(['holds', 'gone', 'unclear'])
          .describe('of the lift that was named: still there, gone, or cannot be said at the noise of the check'),
        holds: z.boolean().describe('the outcome is `holds`'),
        pairs: z.number().int().describe('pairs of slices that it rests on'),
      })
      .nullable()
      .describe('the named arm against the baseline once more at the end; null: the verdict was fresh, or names none'),
    decided: z.boolean().describe('false: the run ended while the engine asked for more'),
    cutShort: z
      .object({
        phase: z.enum(phases).nullable().describe('where the run was; null: not known'),
        why: z.string().describe('what ended it'),
        by: z
          .enum(stoppers)
          .nullable()
          .describe('who ended it, where the exit code is that of `impact`; null: not known, or another code'),
      })
      .nullable()
      .describe('the run ended before it had done all that it was asked for: this is what it knew; null: it has'),
    sentence: z.string().describe('the verdict in one sentence'),
    next: z.string().describe('what to do next'),
    why: list(z.string()).describe('what the verdict rests on'),
    layers: list(layerRow).describe(`one a layer of the stack, bottom to top: ${layers.join(', ')}`),
    arms: list(armRow).describe('one a measured arm, fewer stubs first'),
    latency: latency.describe('where time is spent in the baseline arm'),
    guests: list(guestRow),
    groups: list(groupRow).exactOptional().describe('the groups of the guests, as deployed; left out: there are none'),
    caps: capsSchema.nullable().describe('null: caps were not looked for'),
    objective: objective.nullable().describe('null: every I/O without error is useful'),
    interference: neighboursSchema
      .nullable()
      .describe('what the guests do to one another as deployed; null: not measured'),
    slows: list(layerLift).describe('stubs that are proven to lower goodput'),
    composition: z.enum(['capacity', 'latency', 'hidden']).nullable().describe('how the layers combine, if measured'),
    sigma: z.number().nullable().describe('noise of one slice: coefficient of variation less drift, a share'),
    blocks: z.number().int(),
    slices: z.number().int(),
    secondsMeasured: z.number().describe('sum of the measured windows, seconds'),
    settings,
    settle,
    outlook: outlook.nullable().describe('what more slices would prove at this noise'),
    open: list(z.string()).describe('what this stack leaves open'),
    stackNotes: list(z.string())
      .exactOptional()
      .describe('what was made of the block stack beside what the profile says word for word; left out: nothing'),
    caveats: z.object({
      run: list(z.string()).describe('doubts about the whole run'),
      slices: list(z.object({ text: z.string(), slices: z.number().int() })).describe(
        'doubts about slices; alike but for their numbers count as one',
      ),
    }),
    cost: z
      .object({
        cpuPercent: z.number().describe('mean CPU time of the agent, per cent of one CPU'),
        residentBytes: z.number().describe('largest resident memory of the agent, bytes'),
      })
      .nullable(),
    others: z
      .object({
        beforePercent: z.number().nullable().describe('before the run; null: not measured'),
        medianPercent: z.number().describe('median over the slices'),
        leastPercent: z.number(),
        mostPercent: z.number(),
      })
      .nullable()
      .describe('CPU time in programs that are not of this run, per cent of all CPUs; null: not measured'),
    ringDaemon: z
      .object({
        cpuPercent: z.number().describe('CPU time of all of them, per cent of one CPU'),
        threadPercent: z.number().describe('the busiest thread of any: on a CPU, per cent of the time'),
        threadReadyPercent: z.number().describe('the same thread: on a CPU or waiting for one'),
      })
      .exactOptional()
      .describe('what the daemons behind the rings use as deployed, medians; left out: there is none'),
    twin: twinSchema.exactOptional().describe('beside the host that it was cloned from; left out: it is no clone'),
    host: z.record(z.string(), z.unknown()).describe('what the host was found to be'),
    exit: z.object({ code: z.number().int(), name: z.enum(exitNames) }),
    folder: z.string().describe("the run's folder"),
    series: seriesSchema.exactOptional().describe('the figures behind the plots; left out: of an earlier version'),
    tried: triedSchema.exactOptional(),
    labels: z.record(z.string(), z.string()).exactOptional().describe('given by `--label`; left out: none'),
  })
  .describe('What a run of layerlift found');

export type ReportDocument = z.output<typeof reportSchema>;

/** JSON Schema of the document, as it is published. */
export function reportJsonSchema(): z.core.JSONSchema.JSONSchema {
  return publishedSchema(reportSchema);
}
