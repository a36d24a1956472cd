// The host that a run is a twin of, as it was looked at beside the run: `host-side.json` of the run's folder.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';

const figure = z.number().nonnegative();

const layerSide = z.object({
  layer: z.enum(layers),
  iosPerSecond: figure,
  /** Mean from entering the layer to completion, with all below it, nanoseconds; null: too few I/Os. */
  latencyNs: figure.nullable(),
  /** Mean over the time, in the layer and all below it. */
  inFlight: figure.nullable(),
  /** I/Os in flight that its devices let through together; null: none of its own, or not known. */
  limit: z.number().int().positive().nullable(),
  /** Names of those who use the same devices and are not in the twin. */
  others: z.array(z.string()),
});

const side = z.object({
  seconds: figure,
  /** Of all CPUs, per cent; null: not seen. */
  busyPercent: figure.nullable(),
  /** From the bottom up; only those that something on the host counts. */
  layers: z.array(layerSide),
});

export const hostSideSchema = z.object({
  version: z.literal(1),
  host: z.string(),
  /** The look that the twin was made from. */
  before: side,
  /** While the twin's guests ran; null: it could not be looked at. */
  meanwhile: side.nullable(),
  /** Devices below the guests that went away, or were replaced by others of their name, since the first look. */
  lost: z.array(z.string()),
  /** Sentences on parts of the host that the twin has not. */
  notCloned: z.array(z.string()),
  /** What looked full on it meanwhile, in sentences; null: it was not looked at. */
  says: z.string().nullable(),
});

export type HostSide = z.output<typeof hostSideSchema>;
export type Side = z.output<typeof side>;
export type LayerSide = z.output<typeof layerSide>;
