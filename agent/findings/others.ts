// How much of the host others use, beside the run: before it and in its slices. Pure: a run's folder gives it again.

import * as z from 'zod';
import { median } from '../lib/numbers.ts';
import { foreignPercent, type Judgeable } from './judge.ts';

/** CPU time in programs that are not of the run, per cent of all CPUs. */
export interface OthersUse {
  /** Null: it was not measured. */
  readonly beforePercent: number | null;
  /** Over all slices. */
  readonly medianPercent: number;
  readonly leastPercent: number;
  readonly mostPercent: number;
}

/** From so many points on it is worth saying that others use more, or less, since the run began. */
const movedPoints = 10;

/** As host.json has it. */
const hostSchema = z.object({ cpuUse: z.object({ user: z.number() }) });

/** Undefined where no slice has the figures. `host`: what was found out before the run. */
export function othersUse(
  slices: readonly Judgeable[],
  host: Readonly<Record<string, unknown>>,
): OthersUse | undefined {
  const known = slices.flatMap((slice) => foreignPercent(slice) ?? []).map((percent) => Math.max(0, percent));
  if (known.length === 0) return undefined;
  return {
    beforePercent: hostSchema.safeParse(host).data?.cpuUse.user ?? null,
    medianPercent: median(known),
    leastPercent: Math.min(...known),
    mostPercent: Math.max(...known),
  };
}

/** Others used more, or less, of the CPU during the run than before it: medians, per cent. */
export interface OthersCaveat {
  readonly kind: 'others-moved';
  readonly beforePercent: number;
  readonly duringPercent: number;
}

export function othersCaveats(use: OthersUse | undefined): readonly OthersCaveat[] {
  if (!use || use.beforePercent === null) return [];
  const { beforePercent, medianPercent } = use;
  if (Math.abs(medianPercent - beforePercent) <= movedPoints) return [];
  return [{ kind: 'others-moved', beforePercent, duringPercent: medianPercent }];
}
