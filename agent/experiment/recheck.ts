// The bottleneck may move while other things are measured. So the named arm is compared with the baseline once more at the end.

import type { Analysis } from '../analysis/verdict/analyse.ts';
import { recheckedArm, recheckOf } from '../analysis/revise/recheck.ts';
import { baselineId } from '../lib/arm.ts';
import { seededRandom, shuffled } from '../lib/random.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { armOf, type Blocks, type Measured } from './blocks.ts';
import type { Recorder } from './recorder.ts';
import { judged } from '../findings/judge.ts';
import { without } from '../findings/open-loop.ts';
import type { SlicePlace } from './measure-slice.ts';
import { countedSlices, voidedWithoutIo } from '../findings/quality.ts';
import type { SliceRecord } from '../records/slice.ts';

/** Pairs of baseline and named arm: at least so many, more until it is clear, and so many at most. */
const [fewestPairs, mostPairs] = [2, 8];
/** For which time is kept free. */
const reservedPairs = 4;
/** Void slices that are measured again. */
const spare = 2;
/** The verdict's own slices describe the host for so long; then they are old. */
const freshMs = 120_000;
/** Starting the guests once more; an upper figure from the lab. */
const startMs = 8_000;

/** Time that is to be kept free of the budget for a check. */
export function recheckMs(plan: Blocks['plan']): number {
  return startMs + 2 * reservedPairs * sliceDurationMs(plan);
}

/** Whether `analysis` names something that may have changed since. `sinceMs`: since its first slice. */
export function wantsRecheck({ plan }: Pick<Blocks, 'plan'>, analysis: Analysis, sinceMs: number): boolean {
  return recheckedArm(analysis, plan.design.layers) !== undefined && sinceMs > freshMs;
}

/**
 * Measures pairs until the check is clear, or `untilMs` (by `performance.now`) is too near for one more. Records the slices, void
 * ones too, as they are measured. Throws what measuring throws.
 */
export async function recheck(
  { plan, progress, recordRecheck }: Pick<Blocks, 'plan' | 'progress'> & Pick<Recorder, 'recordRecheck'>,
  { analysis, served }: Pick<Measured, 'analysis' | 'served'>,
  untilMs: number,
  measure: (place: SlicePlace) => Promise<SliceRecord>,
): Promise<void> {
  const { layers } = plan.design;
  const named = recheckedArm(analysis, layers) ?? baselineId;
  const random = seededRandom(plan.seed);
  const pairMs = 2 * sliceDurationMs(plan);
  const slices: SliceRecord[] = [];
  const isOver = (pairs: number): boolean => {
    if (pairs < fewestPairs) return false;
    const counted = countedSlices(judged(slices, plan.profile));
    const outcome = recheckOf(analysis, layers, without(counted, served))?.outcome ?? 'unclear';
    return outcome !== 'unclear' || pairs >= mostPairs || performance.now() + pairMs > untilMs;
  };
  for (let block = 0; !isOver(block); block++) {
    for (const id of shuffled([baselineId, named], random)) {
      for (let left = spare; left >= 0; left--) {
        progress.phase(`checking again: ${id}`);
        const measured = await measure({ seq: slices.length, block, arm: armOf({ plan }, id) });
        // No I/O at all has no logarithm; the verdict is not lost for it.
        const slice = { ...measured, voided: voidedWithoutIo(measured) };
        slices.push(slice);
        recordRecheck(slice);
        if (slice.voided === null) break;
      }
    }
  }
}
