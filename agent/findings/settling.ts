// Did goodput still settle while slices were measured? An alarm, never a cut (pure): a run's folder gives it again. The run
// alone is judged: goodput that wanders by itself looks like a transient in a few slices of a hundred.

import { settlingUntil } from '../analysis/settle/mser.ts';
import type { SliceRecord } from '../records/slice.ts';

/** From this share of slices on the settle time is too short, not the slice odd; and never for two slices alone. */
const [mostShare, fewest] = [0.2, 3];

/** When goodput had settled, and when measuring began: milliseconds after the switch. Undefined: it had settled by then. */
export function lateSettling(
  settling: SliceRecord['settling'],
): { readonly untilMs: number; readonly measuredFromMs: number } | undefined {
  const untilMs = settling && settlingUntil(settling, settling.measuredFromMs);
  if (settling === undefined || untilMs === undefined) return undefined;
  return { untilMs, measuredFromMs: settling.measuredFromMs };
}

/** Goodput still settled in so many of the slices that were watched. */
export interface SettlingCaveat {
  readonly kind: 'still-settling';
  readonly slices: number;
  readonly of: number;
}

/** A doubt about the run, when goodput still settled in many of its slices. */
export function settlingCaveats(slices: readonly Pick<SliceRecord, 'settling'>[]): readonly SettlingCaveat[] {
  const watched = slices.flatMap(({ settling }) => (settling ? [settling] : []));
  const late = watched.filter((one) => lateSettling(one) !== undefined).length;
  if (late < fewest || late <= mostShare * watched.length) return [];
  return [{ kind: 'still-settling', slices: late, of: watched.length }];
}
