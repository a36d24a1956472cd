// Every doubt about a run: those that its records hold, and those that its slices show. Data alone; the report has the words.

import { calibrationCaveats, type PoorStubCaveat } from '../analysis/revise/calibration.ts';
import type { OwnCaveat } from '../analysis/revise/own-claims.ts';
import { type BeyondStackCaveat, outsideCaveats } from '../analysis/revise/outside.ts';
import type { VoidSlices } from '../analysis/verdict/verdict.ts';
import type { JobChange } from '../lib/job-change.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import type { RunRecords } from '../records/run-records.ts';
import { whatCounts } from './counted.ts';
import type { Findings } from './findings.ts';
import { judged } from './judge.ts';
import { type OthersCaveat, othersCaveats, othersUse } from './others.ts';
import { countedSlices } from './quality.ts';
import { type RecheckCaveat, recheckCaveats } from './recheck.ts';
import { checkCaveats, type SecondOpinion } from './second-opinions.ts';
import { type SettlingCaveat, settlingCaveats } from './settling.ts';

export type Caveat =
  | RunCaveat
  | { readonly kind: 'job-changed'; readonly change: JobChange }
  | OthersCaveat
  | ({ readonly kind: 'void-slices' } & Pick<VoidSlices, 'count' | 'of' | 'reasons'>)
  | BeyondStackCaveat
  | OwnCaveat
  | RecheckCaveat
  | PoorStubCaveat
  | SettlingCaveat
  | SecondOpinion;

/** In the order in which they are told. */
export function caveatsOf(records: RunRecords, findings: Findings): readonly Caveat[] {
  const { plan, meta, slices } = records;
  const { analysis, load, poorStubs, recheck } = findings;
  const counted = countedSlices(whatCounts(plan, slices).slices);
  const { count, of, reasons } = load.void;
  return [
    ...meta.caveats,
    ...(plan.jobChanges ?? []).map((change) => ({ kind: 'job-changed', change }) as const),
    ...othersCaveats(othersUse(slices, meta.host)),
    ...(count > 0 ? [{ kind: 'void-slices', count, of, reasons } as const] : []),
    ...outsideCaveats(analysis, plan.design.layers, load),
    ...recheckCaveats(analysis, judged(records.rechecked, plan.profile), recheck),
    ...calibrationCaveats(analysis, poorStubs),
    ...settlingCaveats(counted),
    ...checkCaveats(analysis, counted, plan.design.delta),
  ];
}
