// Why a slice does not count: a closed union on `kind`, with figures as fields. The report alone puts it into words.

import * as z from 'zod';

export const faultSchema = z.discriminatedUnion('kind', [
  /** One guest's window was far longer than the one asked for. */
  z.object({ kind: z.literal('late'), elapsedMs: z.number(), measureMs: z.number() }),
  /** The windows of all guests were: the agent itself got no CPU. */
  z.object({ kind: z.literal('starved-agent'), lateMs: z.number() }),
  /** The wall clock and the steady one came apart by this much. */
  z.object({ kind: z.literal('moved-host'), driftMs: z.number() }),
  /** Share of the time in which cpu.max held back the guest that it held back most. */
  z.object({ kind: z.literal('throttled'), percent: z.number() }),
  /** Others used this much of all CPUs; `levelPercent` is what they use in the slices around it, which the first versions did not say. */
  z.object({ kind: z.literal('foreign-cpu'), percent: z.number(), levelPercent: z.number().exactOptional() }),
  z.object({ kind: z.literal('steal'), percent: z.number(), levelPercent: z.number().exactOptional() }),
  z.object({ kind: z.literal('no-io') }),
  /** The guests were paused to find out whether another tenant waits because of them. */
  z.object({ kind: z.literal('paused') }),
  /** fio did not answer in time; `failure` is its message. */
  z.object({ kind: z.literal('no-answer'), failure: z.string() }),
  /** A sentence of an earlier version that has no kind of its own. */
  z.object({ kind: z.literal('recorded'), text: z.string() }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultKind = Fault['kind'];

/** Each kind of fault once, shown by the last of its kind; of sentences on record each is a kind of its own. */
export function oneOfEachKind(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [fault.kind === 'recorded' ? fault.text : fault.kind, fault])).values()];
}
