// Every doubt about a run: those that its records hold, and those that its slices show. Data alone; the report has the words.

import { calibrationCaveats, type PoorStubCaveat } from '../analysis/revise/calibration.ts';
import type { OwnCaveat } from '../analysis/revise/own-claims.ts';
import { type BeyondStackCaveat, outsideCaveats } from '../analysis/revise/outside.ts';
import type { VoidSlices } from '../analysis/verdict/verdict.ts';
import type { JobChange } from '../lib/job-change.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import { offeredOf, type Profile } from '../profile/profile.ts';
import type { RunRecords } from '../records/run-records.ts';
import { whatCounts } from './counted.ts';
import type { Findings } from './findings.ts';
import { judged } from './judge.ts';
import { type OthersCaveat, othersCaveats, othersUse } from './others.ts';
import { servedGuests } from './open-loop.ts';
import { countedSlices } from './quality.ts';
import { type RecheckCaveat, recheckCaveats } from './recheck.ts';
import { checkCaveats, type SecondOpinion } from './second-opinions.ts';
import type { TwinFindings, Unseen } from './twin.ts';
import { type SettlingCaveat, settlingCaveats } from './settling.ts';

export type Caveat =
  | RunCaveat
  | { readonly kind: 'job-changed'; readonly change: JobChange }
  | OthersCaveat
  /** Guests whose offered rate is met as deployed: nothing can lift them, so goodput and lifts are those of the others. */
  | { readonly kind: 'served-apart'; readonly served: readonly Served[]; readonly others: readonly number[] }
  | ({ readonly kind: 'void-slices' } & Pick<VoidSlices, 'count' | 'of' | 'reasons'>)
  | BeyondStackCaveat
  | OwnCaveat
  | RecheckCaveat
  | PoorStubCaveat
  | SettlingCaveat
  | SecondOpinion
  | TwinCaveat;

/** What the run says of its stack alone, and not of the host that this is a twin of. */
export type TwinCaveat =
  | ({ readonly kind: 'twin-differs' } & Pick<TwinFindings, 'layers' | 'load' | 'apart'>)
  | { readonly kind: 'twin-unseen'; readonly why: Unseen; readonly lost: readonly string[] }
  /** `ratio`: the host's latency while the twin ran over that before. */
  | { readonly kind: 'host-moved'; readonly ratio: number };

/** A guest in an open loop, and the I/Os a second that it asks for. */
export interface Served {
  readonly guest: number;
  readonly perSecond: number;
}

/** In the order in which they are told. */
export function caveatsOf(records: RunRecords, findings: Findings): readonly Caveat[] {
  const { plan, meta, slices } = records;
  const { analysis, load, poorStubs, recheck } = findings;
  const counted = countedSlices(whatCounts(plan, slices).slices);
  const apart = servedApart(plan.profile, servedGuests(counted, plan.profile));
  const { count, of, reasons } = load.void;
  return [
    ...meta.caveats,
    ...(plan.jobChanges ?? []).map((change) => ({ kind: 'job-changed', change }) as const),
    ...othersCaveats(othersUse(slices, meta.host)),
    ...(count > 0 ? [{ kind: 'void-slices', count, of, reasons } as const] : []),
    ...apart,
    ...outsideCaveats(analysis, plan.design.layers, load).flatMap((one) =>
      apart.length > 0 ? besideApart(one) : [one],
    ),
    ...recheckCaveats(analysis, judged(records.rechecked, plan.profile), recheck),
    ...calibrationCaveats(analysis, poorStubs),
    ...settlingCaveats(counted),
    ...checkCaveats(analysis, counted, plan.design.delta),
    ...twinCaveats(findings.twin),
  ];
}

function twinCaveats(twin: TwinFindings | undefined): readonly TwinCaveat[] {
  if (!twin) return [];
  const { unseen, lost, travels, layers, load, apart, moved } = twin;
  return [
    ...(unseen === undefined ? [] : [{ kind: 'twin-unseen', why: unseen, lost } as const]),
    ...(travels === 'no' ? [{ kind: 'twin-differs', layers, load, apart } as const] : []),
    ...(moved === undefined ? [] : [{ kind: 'host-moved', ratio: moved } as const]),
  ];
}

function servedApart(
  profile: Profile,
  guests: readonly number[],
): readonly Extract<Caveat, { kind: 'served-apart' }>[] {
  if (guests.length === 0) return [];
  const others = profile.guests.map((_, i) => i + 1).filter((guest) => !guests.includes(guest));
  const served = guests.map((guest) => ({ guest, perSecond: offeredOf(profile, guest) ?? 0 }));
  return [{ kind: 'served-apart', served, others }];
}

/** What is said of guests whose rate is met is not said twice. */
function besideApart(caveat: Caveat): readonly Caveat[] {
  if (caveat.kind !== 'own-limit-throughout') return [caveat];
  const met = caveat.met.filter(({ kind, by }) => kind !== 'rate-iops' || by !== 'profile');
  return met.length > 0 ? [{ ...caveat, met }] : [];
}
