// Limits that each guest has from its own profile or job, and how much of them it used in a slice.

import { layers } from '../lib/layer.ts';
import type { Demand, JobRate, LimitSource, OwnLimit, Way } from '../lib/own-limit.ts';
import { writeBytes } from '../lib/units.ts';
import type { Plan } from '../plan/plan.ts';
import { offeredOf, type Workload, workloadOf } from '../profile/profile.ts';
import { withinImpact } from '../plan/impact.ts';
import type { SliceRecord } from '../records/slice.ts';
import { servedShare } from './open-loop.ts';

type Asked = Pick<Plan, 'profile' | 'demand' | 'demands' | 'impact'>;
type GuestSlice = SliceRecord['guests'][number];

/** A limit, and the share of it that its guest used in a slice: 1 at the limit; undefined where it was not measured. */
export interface Judged {
  readonly limit: OwnLimit;
  readonly useIn: (slice: SliceRecord) => number | undefined;
}

const ioKeys = {
  riops: { way: 'read', unit: 'ios' },
  wiops: { way: 'write', unit: 'ios' },
  rbps: { way: 'read', unit: 'bytes' },
  wbps: { way: 'write', unit: 'bytes' },
} as const satisfies Readonly<Record<string, Pick<JobRate, 'way' | 'unit'>>>;
type IoKey = keyof typeof ioKeys;
const isIoKey = (key: string): key is IoKey => Object.hasOwn(ioKeys, key);

/** Every limit of every guest, in the order of the guests. */
export function ownLimitsOf(plan: Asked): readonly Judged[] {
  return plan.profile.guests.flatMap((_, i) => limitsOfGuest(plan, i + 1));
}

function limitsOfGuest(plan: Asked, guest: number): readonly Judged[] {
  const { cpuset, cpuMax, memoryMax, ioMax, iodepth } = plan.profile.guests[guest - 1] ?? {};
  const from = (source: string): LimitSource => (isOfImpact(plan, guest, source) ? 'max-impact' : 'profile');
  const io = Object.entries(ioMax ?? {}).flatMap(([key, most]): Judged[] => {
    if (most === undefined || !isIoKey(key)) return [];
    const { way, unit } = ioKeys[key];
    const value = `${key}=${unit === 'bytes' ? writeBytes(most) : most}`;
    const limit = { kind: 'io-max', guest, value, by: from(key) } as const;
    return [{ limit, useIn: (slice) => shareOf(rateIn(slice, guest, { way, unit, plan }), most) }];
  });
  const job = (demandFor(plan, guest)?.rates ?? []).map((rate): Judged => {
    const { kind, value, way, unit, perSecond } = rate;
    const by = offeredOf(plan.profile, guest) === undefined ? 'job' : 'profile';
    const useIn = (slice: SliceRecord): number | undefined => {
      const own = guestIn(slice, guest);
      // What came late is none of what was asked for.
      return by === 'profile' && own
        ? servedShare(own, plan.profile)
        : shareOf(rateIn(slice, guest, { way, unit, plan }), perSecond);
    };
    return { limit: { kind, guest, value, by }, useIn };
  });
  const confined = (kind: 'cpu-max' | 'cpuset' | 'memory-max', value: string | undefined): readonly Judged[] =>
    value === undefined
      ? []
      : [{ limit: { kind, guest, value, by: from(kind) }, useIn: (slice) => fullIn(slice, kind, guest) }];
  const depth = depthOf(plan, guest);
  const inFlight: readonly Judged[] =
    depth === undefined
      ? []
      : [
          {
            limit: {
              kind: 'iodepth',
              guest,
              value: `iodepth ${depth}`,
              by: iodepth === undefined ? jobOr(plan, guest) : 'profile',
            },
            useIn: (slice) => shareOf(inFlightIn(guestIn(slice, guest)), depth),
          },
        ];
  return [
    ...io,
    ...job,
    ...confined('cpu-max', cpuMax),
    ...confined('cpuset', cpuset),
    ...confined('memory-max', memoryMax === undefined ? undefined : writeBytes(memoryMax)),
    ...inFlight,
  ];
}

/** I/Os in flight that a guest may have; undefined where a job file was not recorded. */
export function depthOf(plan: Asked, guest: number): number | undefined {
  const own = plan.profile.guests[guest - 1]?.iodepth;
  const workload = workloadOf(plan.profile, guest);
  return own ?? demandFor(plan, guest)?.depth ?? ('job' in workload ? undefined : workload.iodepth);
}

function demandFor({ demand, demands }: Asked, guest: number): Demand | undefined {
  return demands?.[guest - 1] ?? demand;
}

/** Mean time of an I/O from entering the stack to completion, nanoseconds: at the topmost junction on the guest's way. */
export function stackNsIn(slice: SliceRecord, guest: number): number | undefined {
  return topJunction(slice, guest)?.meanLatencyNs;
}

export function guestIn(slice: SliceRecord, guest: number): GuestSlice | undefined {
  return slice.guests.find((one) => one.guest === guest);
}

function topJunction({ junctions }: SliceRecord, guest: number): SliceRecord['junctions'][number] | undefined {
  const top = layers.findLast((layer) => junctions.some((junction) => junction.layer === layer));
  return junctions.find((junction) => junction.layer === top && (junction.guest === guest || junction.guest === 0));
}

/**
 * Of one way and unit, a second. I/Os are counted by the kernel beneath as well, where the guest has a junction of its own
 * and all its I/O goes that way: `io.max` counts what a large I/O is split into.
 */
function rateIn(
  slice: SliceRecord,
  guest: number,
  { way, unit, plan }: { readonly way: Way; readonly unit: JobRate['unit']; readonly plan: Asked },
): number | undefined {
  const own = guestIn(slice, guest);
  const count = own && countOf(own, way, workloadOf(plan.profile, guest));
  if (!own || !count) return undefined;
  const rate = (count[unit] * 1000) / own.elapsedMs;
  const junction = topJunction(slice, guest);
  return unit === 'ios' && junction?.guest === guest && count.ios === own.ios
    ? Math.max(rate, junction.iosPerSecond)
    : rate;
}

/** Undefined where reads and writes cannot be told apart. */
function countOf(
  { ios, bytes, reads }: GuestSlice,
  way: Way,
  workload: Workload,
): { readonly ios: number; readonly bytes: number } | undefined {
  if (way === 'any') return { ios, bytes };
  if (reads) return way === 'read' ? reads : { ios: ios - reads.ios, bytes: bytes - reads.bytes };
  const only = 'job' in workload ? undefined : onlyWayOf(workload.rw);
  if (only === undefined) return undefined;
  return only === way ? { ios, bytes } : { ios: 0, bytes: 0 };
}

function onlyWayOf(rw: string): Way | undefined {
  if (/^(rand)?read$/.test(rw)) return 'read';
  return /^(rand)?write$/.test(rw) ? 'write' : undefined;
}

/** By Little's law. */
function inFlightIn(own: GuestSlice | undefined): number | undefined {
  return own && (own.ios / own.elapsedMs / 1e6) * own.meanLatencyNs;
}

const fullBy = { 'cpu-max': 'Throttled', cpuset: 'CpusetBusy', 'memory-max': 'MemoryStall' } as const;

function fullIn(slice: SliceRecord, kind: keyof typeof fullBy, guest: number): number | undefined {
  const source = slice.measurements[kind === 'cpu-max' ? 'guests' : 'guestLimits'];
  const percent = source?.[`g${guest}${fullBy[kind]}Percent`];
  return percent === undefined ? undefined : percent / 100;
}

function shareOf(value: number | undefined, most: number): number | undefined {
  return value === undefined ? undefined : value / most;
}

function jobOr({ profile }: Asked, guest: number): LimitSource {
  return 'job' in workloadOf(profile, guest) ? 'job' : 'profile';
}

/** Whether `--max-impact` would set this very limit: then it is at most what the profile says. */
function isOfImpact({ profile, impact }: Asked, guest: number, key: string): boolean {
  const own = profile.guests[guest - 1];
  if (!impact || !own) return false;
  const bare = profile.guests.map(() => ({}));
  const [given] = withinImpact(bare, { io: impact.io, cpuPercent: impact.cpuPercent, pressurePoints: 0 });
  if (key === 'cpu-max') return given?.cpuMax !== undefined && given.cpuMax === own.cpuMax;
  return isIoKey(key) && given?.ioMax?.[key] !== undefined && given.ioMax[key] === own.ioMax?.[key];
}
