// Did goodput still settle while slices were measured? An alarm, never a cut (pure): a run's folder gives it again. Asked of
// the run alone: goodput that wanders by itself looks like a transient in a few slices of a hundred.

import { settlingUntil } from '../analysis/settle/mser.ts';
import { renderDuration } from '../lib/units.ts';
import type { SliceRecord } from '../records/slice.ts';

/** From this share of slices on the settle time is too short, not the slice odd; and never for two slices alone. */
const [mostShare, fewest] = [0.2, 3];

/** What one slice looks like, as sentences; of no weight by itself. */
export function settlingCaveats(settling: SliceRecord['settling']): readonly string[] {
  const until = settling && settlingUntil(settling, settling.measuredFromMs);
  if (settling === undefined || until === undefined) return [];
  const [end, begun] = [until, settling.measuredFromMs].map((ms) => renderDuration(Math.round(ms) * 1e6));
  return [`goodput was still settling ${end} after the switch, and measured from ${begun} on`];
}

/** Doubts about the run, when that is so in many of its slices. */
export function settlingRunCaveats(slices: readonly Pick<SliceRecord, 'settling'>[]): readonly string[] {
  const watched = slices.flatMap(({ settling }) => (settling ? [settling] : []));
  const late = watched.filter((one) => settlingCaveats(one).length > 0).length;
  if (late < fewest || late <= mostShare * watched.length) return [];
  return [
    `goodput was still settling in ${late} of ${watched.length} slices when measuring began, so lifts may be larger than they look: set \`settle\` under \`experiment\` longer`,
  ];
}
