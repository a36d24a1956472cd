// Each device over the while: its rates, and how often its limit was reached.

import type { Device } from '../../discover/document.ts';
import { mean } from '../../lib/numbers.ts';
import { type DiskRates, ratesBetween } from '../decode/disks.ts';
import type { ObservedDevice } from '../document.ts';
import type { Series } from '../series.ts';
import type { Watch, WatchedDevice } from '../watch.ts';

/** From this share of a limit on it counts as reached: between two I/Os a place is free for a moment. */
const reached = 0.95;

export function leastOf(limit: number): number {
  return Math.max(1, Math.ceil(limit * reached));
}

/** Seen so seldom, nothing is said of how often. */
export const fewestLooks = 10;

export function devicesBetween({ looks, ticks }: Series, watch: Watch): readonly ObservedDevice[] {
  const [from, to] = [looks[0], looks.at(-1)];
  const rates = from && to ? ratesBetween(from, to, watch.counted) : new Map<string, DiskRates>();
  return watch.devices.flatMap((watched) => {
    const own = observedOf(watched, rates, ticks);
    return own ? [own] : [];
  });
}

function observedOf(
  { device, users, countedAt }: WatchedDevice,
  rates: ReadonlyMap<string, DiskRates>,
  ticks: Series['ticks'],
): ObservedDevice | undefined {
  const rate = rates.get(countedAt ?? '');
  const seen = ticks.flatMap((tick) => tick.inFlight.get(countedAt ?? '') ?? []);
  // What nobody uses and nothing moves on is of no interest.
  if (users.length === 0 && (rate?.iosPerSecond ?? 0) === 0) return undefined;
  const { id, name, kind, layer, limit } = device;
  return {
    ...{ id, name, kind, layer, users: [...users], countedAt: countedAt ?? null },
    iosPerSecond: rate?.iosPerSecond ?? 0,
    ...{ readShare: rate?.readShare ?? null, bytesPerIo: rate?.bytesPerIo ?? null },
    ...{ latencyNs: rate?.latencyNs ?? null, inFlight: rate?.inFlight ?? null },
    withDriver:
      seen.length === 0
        ? null
        : { mean: mean(seen), most: seen.reduce((a, b) => Math.max(a, b), 0), looks: seen.length },
    limit,
    fullShare: limit && seen.length >= fewestLooks ? shareOf(seen, (value) => value >= leastOf(limit.inFlight)) : null,
  };
}

export function shareOf<T>(values: readonly T[], is: (value: T) => boolean): number {
  return values.length === 0 ? 0 : values.filter(is).length / values.length;
}

/** The parameter of a device as a number. */
export function numberOf({ parameters }: Device, wanted: string): { count: number; from: string } | undefined {
  const found = parameters.find(({ name }) => name === wanted);
  return found && /^\d{1,9}$/.test(found.value) ? { count: Number(found.value), from: found.from } : undefined;
}
