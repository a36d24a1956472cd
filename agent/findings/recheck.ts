// Doubts about the check at the end of a run (pure).

import type { Recheck } from '../analysis/revise/recheck.ts';
import type { Analysis } from '../analysis/verdict/analyse.ts';
import { type Lift, namedIn } from '../analysis/verdict/verdict.ts';
import { type Fault, oneOfEachKind } from '../lib/fault.ts';
import type { SliceRecord } from '../records/slice.ts';
import { voidedWithoutIo } from './quality.ts';

export type RecheckCaveat =
  /** The noise of the check hides whether the lift is still there. */
  | { readonly kind: 'recheck-unclear'; readonly arm: string; readonly lift: Lift; readonly pairs: number }
  | { readonly kind: 'recheck-void'; readonly reasons: readonly Fault[] }
  | { readonly kind: 'recheck-too-short' };

/** A check that was made and says nothing must not be taken for one that was passed. */
export function recheckCaveats(
  { verdict }: Analysis,
  rechecked: readonly SliceRecord[],
  recheck: Recheck | undefined,
): readonly RecheckCaveat[] {
  if (rechecked.length === 0 || namedIn(verdict).length === 0) return [];
  if (recheck) {
    const { arm, lift, pairs, outcome } = recheck;
    return outcome === 'unclear' ? [{ kind: 'recheck-unclear', arm, lift, pairs }] : [];
  }
  const reasons = oneOfEachKind(rechecked.flatMap((slice) => voidedWithoutIo(slice) ?? []));
  return [reasons.length > 0 ? { kind: 'recheck-void', reasons } : { kind: 'recheck-too-short' }];
}
