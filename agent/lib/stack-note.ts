// What a run makes of a block stack beside what its profile says word for word: replaced in a table as a tool printed it, kept
// in memory beside the media, or done to it before the first slice. Data alone; the report has the words.

import * as z from 'zod';

/** The most devices of a tree in a profile: LVM alone makes 13 of a RAID 1 with integrity and a cache. */
export const mostDevices = 32;

export const stackNoteSchema = z.discriminatedUnion('kind', [
  /** A device number of another host in the table of `device`; `by`: `below`, or an earlier device. */
  z.object({ kind: z.literal('number'), device: z.string(), number: z.string(), by: z.string() }),
  /** A table as it was printed, longer than what is beneath here; sectors. */
  z.object({
    kind: z.literal('length'),
    device: z.string(),
    printed: z.number().int(),
    length: z.number().int(),
    /** Where on the device beneath it begins now, if that had to be changed. */
    offset: z.number().int().optional(),
  }),
  /** A key that is only named, of so many bytes. */
  z.object({ kind: z.literal('key'), device: z.string(), bytes: z.number().int() }),
  /** The selector that multipathd writes for paths that take requests, and the one that replaces it over ours. */
  z.object({ kind: z.literal('multipath'), device: z.string(), printed: z.string(), by: z.string() }),
  /** A device in memory beside the media; `each`: one for each guest. */
  z.object({ kind: z.literal('side'), name: z.string(), bytes: z.number().int(), each: z.boolean(), what: z.string() }),
  /** Done once the stack stands, before the first slice. */
  z.object({ kind: z.literal('filled'), device: z.string(), percent: z.number() }),
  z.object({ kind: z.literal('degraded'), device: z.string(), missing: z.number().int(), legs: z.number().int() }),
  /** Legs or paths that are parts of one medium, whose queue they share. */
  z.object({
    kind: z.literal('one-medium'),
    device: z.string(),
    parts: z.number().int(),
    what: z.enum(['legs', 'paths']),
  }),
]);

export type StackNote = z.output<typeof stackNoteSchema>;
