// Which guests stand at a limit of their own, by what they did in the slices of an arm.

import { median } from '../../lib/numbers.ts';
import type { MetLimit, OwnLimit, OwnLimitKind } from '../../lib/own-limit.ts';

/** Where the I/O of a guest was in a slice; undefined where it was not measured. */
export interface GuestTime {
  readonly guest: number;
  /** Mean time of an I/O as the guest sees it, and from entering the stack on, nanoseconds. */
  readonly latencyNs: number | undefined;
  readonly stackNs: number | undefined;
  /** Share of the I/Os that it may have in flight that is inside the stack. */
  readonly inStack: number | undefined;
}

export interface OwnUse {
  /** The share of each limit that was used, in the order of the limits: 1 at the limit; undefined where it was not measured. */
  readonly uses?: readonly (number | undefined)[];
  readonly guests?: readonly GuestTime[];
}

interface Rule {
  /** Median of the share used from which on a limit is met, and what most slices must reach. */
  readonly median: number;
  readonly most: number;
  /** At most this share of the guest's depth may be inside the stack. Above it the guest waits for the stack, whatever its rate. */
  readonly inStack: number;
}

/**
 * A rate is kept within a few per cent (blk-throttle; fio's own), and who is kept to one waits elsewhere than in the stack. Of a
 * CPU quota or of memory the share is that of the time in which the guest waited for it.
 */
const rate: Rule = { median: 0.95, most: 0.9, inStack: 0.9 };
const waiting: Rule = { median: 0.05, most: 0.02, inStack: 1 };
const rules: Readonly<Record<OwnLimitKind, Rule>> = {
  'io-max': rate,
  rate,
  'rate-iops': rate,
  'think-time': { median: 0.8, most: 0.7, inStack: 0.5 },
  'cpu-max': waiting,
  cpuset: { median: 0.95, most: 0.9, inStack: 1 },
  'memory-max': waiting,
  iodepth: { median: 0.95, most: 0.9, inStack: Infinity },
};
/** Slices: one alone may be an accident. */
const leastSlices = 2;
/** Share of the slices that must be near the limit. */
const mostOf = 0.75;

/** Each limit that is met in these slices, with its guests; what a guest has in flight only where it meets nothing else. */
export function metLimits(limits: readonly OwnLimit[], slices: readonly OwnUse[]): readonly MetLimit[] {
  const met = limits.filter((limit, i) => isMet(limit, i, slices));
  const first = met.filter(({ kind }) => kind !== 'iodepth');
  const rest = met.filter(({ kind, guest }) => kind === 'iodepth' && !first.some((one) => one.guest === guest));
  return grouped([...first, ...rest]);
}

function isMet({ kind, guest }: OwnLimit, at: number, slices: readonly OwnUse[]): boolean {
  const { median: least, most, inStack } = rules[kind];
  const uses = known(slices.map(({ uses: all }) => all?.[at]));
  if (uses.length < leastSlices || 2 * uses.length <= slices.length) return false;
  const near = uses.filter((use) => use >= most).length;
  if (median(uses) < least || near < mostOf * uses.length) return false;
  const inside = known(timesOf(guest, slices).map((time) => time.inStack));
  // The I/Os in the stack are not always measured; then the rate alone must tell.
  return inside.length === 0 || median(inside) <= inStack;
}

/** Those of `some` that are met in `others` too, guest by guest. */
export function commonTo(some: readonly MetLimit[], others: readonly MetLimit[]): readonly MetLimit[] {
  return narrowed(some, (one, guest) => others.some((other) => isSame(one, other) && other.guests.includes(guest)));
}

/** Those of `some` that are not in `others`, guest by guest. */
export function without(some: readonly MetLimit[], others: readonly MetLimit[]): readonly MetLimit[] {
  return narrowed(some, (one, guest) => !others.some((other) => isSame(one, other) && other.guests.includes(guest)));
}

function narrowed(some: readonly MetLimit[], keep: (one: MetLimit, guest: number) => boolean): readonly MetLimit[] {
  return some
    .map((one) => ({ ...one, guests: one.guests.filter((guest) => keep(one, guest)) }))
    .filter(({ guests }) => guests.length > 0);
}

function grouped(met: readonly OwnLimit[]): readonly MetLimit[] {
  const groups = new Map<string, MetLimit>();
  for (const { guest, kind, value, by } of met) {
    const key = `${kind} ${value} ${by}`;
    const guests = [...new Set([...(groups.get(key)?.guests ?? []), guest])];
    groups.set(key, { kind, value, by, guests });
  }
  return [...groups.values()];
}

function isSame(a: MetLimit, b: MetLimit): boolean {
  return a.kind === b.kind && a.value === b.value && a.by === b.by;
}

/** Median times of these guests' I/Os, nanoseconds; undefined: not measured. */
export function timesIn(
  guests: readonly number[],
  slices: readonly OwnUse[],
): { readonly latencyNs: number; readonly stackNs: number } | undefined {
  const times = guests.flatMap((guest) => timesOf(guest, slices));
  const [latencyNs, stackNs] = [known(times.map((time) => time.latencyNs)), known(times.map((time) => time.stackNs))];
  if (latencyNs.length === 0 || stackNs.length === 0) return undefined;
  return { latencyNs: median(latencyNs), stackNs: median(stackNs) };
}

function timesOf(guest: number, slices: readonly OwnUse[]): readonly GuestTime[] {
  return slices.flatMap(({ guests }) => guests?.filter((time) => time.guest === guest) ?? []);
}

function known(values: readonly (number | undefined)[]): readonly number[] {
  return values.filter((value) => value !== undefined);
}
