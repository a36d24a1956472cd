// What holds a host back may move while other things are measured: the named arm against the baseline, once more at the end.

import type { Analysis } from '../analysis/analyse.ts';
import { recheckedArm } from '../analysis/recheck.ts';
import { baselineId } from '../lib/arm.ts';
import { seededRandom, shuffled } from '../lib/random.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { armOf, type Blocks } from './blocks.ts';
import type { Recorder } from './findings.ts';
import type { SlicePlace } from './measure-slice.ts';
import type { SliceRecord } from './record.ts';

/** Baseline and named arm, each so often. */
const pairs = 2;
/** Void slices that are measured again. */
const spare = 2;
/** What the verdict's own slices say of the host for so long; then they are old. */
const freshMs = 120_000;
/** Starting the guests once more; an upper figure from the lab. */
const startMs = 8_000;

/** Time that a check takes, to be kept free of the budget. */
export function recheckMs(plan: Blocks['plan']): number {
  return startMs + 2 * pairs * sliceDurationMs(plan);
}

/** Whether `analysis` names something that may have changed since. `sinceMs`: since its first slice. */
export function wantsRecheck({ plan }: Pick<Blocks, 'plan'>, analysis: Analysis, sinceMs: number): boolean {
  return recheckedArm(analysis, plan.design.layers) !== undefined && sinceMs > freshMs;
}

/** Records the slices, void ones too, as they are measured. Throws what measuring throws. */
export async function recheck(
  { plan, progress, recordRecheck }: Pick<Blocks, 'plan' | 'progress'> & Pick<Recorder, 'recordRecheck'>,
  analysis: Analysis,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<void> {
  const named = recheckedArm(analysis, plan.design.layers) ?? baselineId;
  const random = seededRandom(plan.seed);
  const slices: SliceRecord[] = [];
  for (let block = 0; block < pairs; block++) {
    for (const id of shuffled([baselineId, named], random)) {
      for (let left = spare; left >= 0; left--) {
        progress.phase(`checking again: ${id}`);
        const measured = await measure({ seq: slices.length, block, arm: armOf({ plan }, id) });
        // No I/O at all has no logarithm; the verdict is not lost for it.
        const voided = measured.voided ?? (measured.goodput > 0 ? null : 'no I/O completed');
        const slice = { ...measured, voided };
        slices.push(slice);
        recordRecheck(slice);
        if (slice.voided === null) break;
      }
    }
  }
}
