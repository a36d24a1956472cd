// The parts of a run, in their order: where it was when it was cut short.

import * as z from 'zod';
import { type ExitName, exitCodes, stoppers } from '../lib/exit-codes.ts';

export const phases = ['raising', 'pilot', 'slices', 'neighbours', 'caps', 'check', 'restoring', 'reporting'] as const;
export type Phase = (typeof phases)[number];

const exitNames = Object.keys(exitCodes) as [ExitName, ...ExitName[]];

/** That a run ended before it had done all that it was asked for, in host.json. */
export const cutShortSchema = z.object({
  phase: z.enum(phases),
  /** As a sentence without its full stop. */
  why: z.string(),
  exit: z.enum(exitNames),
  /** Absent in records of earlier versions, and where it was none of these. */
  by: z.enum(stoppers).exactOptional(),
});
export type CutShort = z.output<typeof cutShortSchema>;
