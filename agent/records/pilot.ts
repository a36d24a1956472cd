// Records of the pilot in the run's folder, and their decoding. Its finding is computed from the readings again.

import * as z from 'zod';
import { settleOf, settleRules } from '../analysis/settle/settle.ts';
import { layers } from '../lib/layer.ts';
import { median } from '../lib/numbers.ts';
import { type Plan, withPilot } from '../plan/plan.ts';

export const completionsSchema = z.object({
  /** Milliseconds since the switch was through. */
  atMs: z.array(z.number().nonnegative()),
  /** Completed I/Os since the first reading, over all guests. */
  ios: z.array(z.number().nonnegative()),
});

/** pilot.json */
export const pilotSchema = z.object({
  version: z.literal(1),
  /** The part of the budget that the pilot took. */
  spentMs: z.number().nonnegative(),
  legs: z.array(
    z.object({
      layer: z.enum(layers),
      to: z.enum(['stub', 'deployed']),
      switchMs: z.number().nonnegative(),
      completions: completionsSchema,
      /** Mean latency at the topmost junctions meanwhile; missing: they gave none. */
      latencyNs: z.number().positive().exactOptional(),
    }),
  ),
  /** Whether the junctions count the guests' own I/O, so that I/Os in flight at the borders of a slice count as parts. */
  bordersKnown: z.boolean().exactOptional(),
});
export type PilotRecord = z.output<typeof pilotSchema>;

/** The plan as the pilot leaves it. One that was refused leaves it as it was but for the time. */
export function planAfter(plan: Plan, pilot: PilotRecord): Plan {
  const settle = settleOf(pilot.legs);
  const settleMs = settle.kind === 'settled' ? settle.settleMs : settleRules.mostMs;
  const latenciesNs = pilot.legs.flatMap(({ to, latencyNs }) => (to === 'deployed' && latencyNs ? [latencyNs] : []));
  const latency =
    latenciesNs.length > 0
      ? { latency: { ms: median(latenciesNs) / 1e6, bordersKnown: pilot.bordersKnown ?? false } }
      : {};
  return withPilot(plan, { settleMs, spentMs: pilot.spentMs, ...latency });
}
