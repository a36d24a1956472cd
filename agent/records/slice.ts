// One measured slice as it is written to disk, and back. Every reader of a run's folder decodes it here.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { sliceCaveatSchema } from './caveat.ts';
import { voidedSchema } from './fault.ts';

const layer = z.enum(layers);
/** A year: what a damaged record holds beyond it is no time. */
const longestMs = 366 * 86_400_000;

const ns = z.number().nonnegative();
const latencyQuantiles = z.object({ p1: ns, p25: ns, p50: ns, p75: ns, p99: ns });
export type LatencyQuantiles = z.output<typeof latencyQuantiles>;

const guest = z
  .object({
    guest: z.number().int().positive(),
    elapsedMs: z.number().positive().max(longestMs),
    ios: z.number().nonnegative(),
    bytes: z.number().nonnegative(),
    /** I/Os that failed, which `ios` does not hold, and those that were not as written, which it does. */
    errors: z.number().nonnegative(),
    /** The latter of them; missing: none. */
    damaged: z.number().nonnegative().exactOptional(),
    meanLatencyNs: z.number().nonnegative(),
    /** Quantiles of its latency, nanoseconds; missing: fio gave no histogram, or an earlier version wrote it. */
    latencyNs: latencyQuantiles.exactOptional(),
    /** I/Os without error and, where there is an objective, within it. */
    useful: z.number().nonnegative().optional(),
    /**
     * The factor from its count of I/Os to a goodput, so that those in flight at either border of the window count as
     * the part of them that lies within it. Missing: 1.
     */
    borderFactor: z.number().positive().exactOptional(),
    /** I/Os a second that it asks for; missing: a closed loop, or a job file. */
    offeredPerSecond: z.number().positive().exactOptional(),
    /** Null: none is set. */
    objectiveNs: z.number().positive().nullable().default(null),
    /** The reads among its I/Os; records of earlier versions do not tell. */
    reads: z.object({ ios: z.number(), bytes: z.number() }).exactOptional(),
  })
  // Records from before there were objectives have no such count.
  .transform((one) => ({ ...one, useful: one.useful ?? one.ios }));

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
  /** Useful I/Os over all that ended, 0 to 1; null: no guest has an objective, or there was no I/O. */
  attainment: z.number().min(0).max(1).nullable().default(null),
  /** Quantiles of the latency of all guests' I/Os together, nanoseconds; null: fio gave no histogram, or there was no I/O. */
  latencyNs: z.object({ p50: z.number().nonnegative(), p99: z.number().nonnegative() }).nullable().default(null),
  guests: z.array(guest),
  junctions: z.array(
    z.object({
      layer,
      guest: z.number().int().nonnegative(),
      iosPerSecond: z.number(),
      bytesPerSecond: z.number(),
      meanLatencyNs: z.number(),
      /** By how much the count is to grow, as a share, for I/Os in flight at the borders of the window. */
      bordersShare: z.number().exactOptional(),
    }),
  ),
  /** Completed I/Os since the switch, every 100 ms; missing where they were not watched. */
  settling: z
    .object({
      /** When the measured window began, and when each reading was made: milliseconds since the switch was through. */
      measuredFromMs: z.number().nonnegative(),
      atMs: z.array(z.number().nonnegative()),
      ios: z.array(z.number().nonnegative()),
    })
    .exactOptional(),
  measurements: z.record(z.string(), z.record(z.string(), z.number())),
  /** Doubts about this slice; earlier versions wrote sentences. */
  caveats: z.array(sliceCaveatSchema),
  /** Why this slice does not count; null if it does. Earlier versions wrote sentences. */
  voided: voidedSchema,
});

export type SliceRecord = z.output<typeof sliceSchema>;
