// From the records of a run to what the analysis asks beside goodput: how full the CPUs were, and what did not count.

import { oneOfEachKind } from '../lib/fault.ts';
import { guestFacts } from '../lib/guest.ts';
import type { LoadFacts, SliceLoad } from '../analysis/revise/outside.ts';
import type { GuestTime } from '../analysis/revise/own-limits.ts';
import type { Plan } from '../plan/plan.ts';
import { workloadOf } from '../profile/profile.ts';
import { depthOf, guestIn, ownLimitsOf, stackNsIn } from './own-limits.ts';
import { qualityOf } from './quality.ts';
import type { SliceRecord } from '../records/slice.ts';

type Asked = Pick<Plan, 'profile' | 'measureMs' | 'demand' | 'demands' | 'impact'>;

/** `slices`: all slices of a run as judged, void ones among them. */
export function loadFactsOf(slices: readonly SliceRecord[], plan: Asked): LoadFacts {
  const limits = ownLimitsOf(plan);
  return {
    slices: slices
      .filter((slice) => slice.voided === null || isHeldBack(slice))
      .map((slice) => ({
        ...loadOf(slice, plan),
        uses: limits.map(({ useIn }) => useIn(slice)),
        guests: plan.profile.guests.map((_, i) => timeOf(slice, i + 1, plan)),
      })),
    limits: limits.map(({ limit }) => limit),
    unstubbed: plan.profile.stack.filter(({ stub }) => stub === null).map(({ layer }) => layer),
    // A job file may start several threads, or one that never sleeps.
    oneThread: plan.profile.guests.every((_, i) => !('job' in workloadOf(plan.profile, i + 1))),
    void: voidOf(slices),
  };
}

function loadOf({ arm, measurements: { cpu, guests } }: SliceRecord, { profile }: Asked): SliceLoad {
  return {
    arm,
    hostBusyPercent: cpu?.['busyPercent'],
    // A domain has only its ring on this host.
    idlestGuestPercent: guestFacts[profile.guest].ownKernel ? undefined : guests?.['idlestGuestPercent'],
    throttledPercent: guests?.['throttledPercent'],
  };
}

/** Where the I/O of a guest is, by Little's law: what of its depth is inside the stack. */
function timeOf(slice: SliceRecord, guest: number, plan: Asked): GuestTime {
  const own = guestIn(slice, guest);
  const stackNs = stackNsIn(slice, guest);
  const depth = depthOf(plan, guest);
  const most = depth ?? (own && (own.ios / own.elapsedMs / 1e6) * own.meanLatencyNs);
  const inside = own && stackNs !== undefined ? (own.ios / own.elapsedMs / 1e6) * stackNs : undefined;
  return {
    guest,
    latencyNs: own?.meanLatencyNs,
    stackNs,
    inStack: inside === undefined || most === undefined || most <= 0 ? undefined : inside / most,
  };
}

function voidOf(slices: readonly SliceRecord[]): LoadFacts['void'] {
  const all = slices.filter(({ voided }) => voided !== null);
  return {
    count: all.length,
    of: slices.length,
    tooMany: qualityOf(slices).tooMany,
    byCpuMax: all.every(isHeldBack),
    reasons: oneOfEachKind(all.flatMap(({ voided }) => voided ?? [])),
  };
}

/** Void because of cpu.max; a guest that is held back may answer late as well. */
function isHeldBack({ voided }: SliceRecord): boolean {
  const kinds = (voided ?? []).map(({ kind }) => kind);
  return kinds.includes('throttled') && kinds.every((kind) => kind === 'throttled' || kind === 'late');
}
