// now.json of a run's folder: what a run does at this moment, for whoever looks on. Nothing is concluded from it.

import * as z from 'zod';

export const nowSchema = z.object({
  version: z.literal(1),
  at: z.iso.datetime(),
  phase: z.string(),
  /** Left out: no slice is being measured. */
  measuring: z
    .object({ seq: z.number().int().nonnegative(), arm: z.string(), block: z.number().int().nonnegative() })
    .exactOptional(),
});

export type NowRecord = z.output<typeof nowSchema>;

/** What a reader needs of verdict.json. */
export const keptVerdictSchema = z.object({ version: z.literal(1), sentence: z.string() });
