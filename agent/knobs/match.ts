// A cap that was measured, against the knobs that were read: which of them lets through just as many I/Os. It points at
// suspects and proves nothing; the proof is that the cap moves when the knob does.

import type { Layer } from '../lib/layer.ts';
import type { Knob, KnobScope } from './knob.ts';

export interface Cap {
  /** The layer whose stub lifts the cap; undefined: not known. */
  readonly layer: Layer | undefined;
  /** I/Os in flight, over all guests. */
  readonly size: { readonly estimate: number; readonly low: number; readonly high: number };
  /** Whether the sum stays as guests are added, or grows with them. */
  readonly scope: 'host-wide' | 'per-guest' | 'unknown';
  readonly guests: number;
}

export interface Match {
  readonly knob: Knob;
  /** `alone`: its limit is the cap. `together`: several of the same limit add up to it. */
  readonly fits: 'alone' | 'together';
  /** How many of its limit add up: 1 if it fits alone. */
  readonly times: number;
}

/** One way to see the cap: as that of the host, or of each guest. */
interface View {
  readonly perGuest: boolean;
  readonly low: number;
  readonly high: number;
  readonly estimate: number;
}

/** The interval of a cap covers chance alone; the sweep that finds it is itself good to this share. */
const accuracy = 0.1;

/** Best suspects first; empty where no limit that was read fits. */
export function matchKnobs(cap: Cap, knobs: readonly Knob[]): readonly Match[] {
  const limits = knobs.filter(({ limit }) => limit !== undefined);
  const places = countPlaces(limits);
  const ranked = viewsOf(cap).flatMap((view) =>
    limits.flatMap((knob) => {
      const times = timesIn(view, cap.guests, knob, places.get(kindOf(knob)) ?? 1);
      if (times === undefined) return [];
      const match: Match = { knob, fits: times === 1 ? 'alone' : 'together', times };
      return [{ match, rank: rankOf(cap, view, match) }];
    }),
  );
  ranked.sort((a, b) => compare(a.rank, b.rank));
  // Seen both ways, a knob may fit twice: the better fit stands first.
  return [...new Map(ranked.reverse().map(({ match }) => [match.knob, match])).values()].reverse();
}

function viewsOf({ size, scope, guests }: Cap): readonly View[] {
  const low = Math.min(size.low, size.estimate / (1 + accuracy));
  const high = Math.max(size.high, size.estimate * (1 + accuracy));
  const of = (parts: number): Pick<View, 'low' | 'high' | 'estimate'> => ({
    low: low / parts,
    high: high / parts,
    estimate: size.estimate / parts,
  });
  const views: readonly View[] = [
    { perGuest: false, ...of(1) },
    { perGuest: true, ...of(guests) },
  ];
  // With one guest both are the same.
  if (scope === 'host-wide' || guests <= 1) return views.slice(0, 1);
  return scope === 'per-guest' ? views.slice(1) : views;
}

/** How many of the knob's limit make the cap; undefined: it does not fit. */
function timesIn(view: View, guests: number, knob: Knob, places: number): number | undefined {
  const fits = (times: number): boolean =>
    (knob.limit ?? NaN) * times >= view.low && (knob.limit ?? NaN) * times <= view.high;
  const queues = knob.queues ?? 1;
  const wide = knob.scope === 'shared' || knob.scope === 'host';
  if (view.perGuest) {
    // A setting that all guests share cannot cap each, unless every guest has one of its own.
    return wide && places < guests ? undefined : [1, queues].find(fits);
  }
  if (knob.scope === 'cgroup') return undefined;
  // One place beneath all guests caps the host by itself; of many alike, each guest's share adds up.
  const alone = wide || places === 1 || guests <= 1 ? [1, queues] : [];
  const several = [guests, places].filter((count) => count > 1 && count <= places);
  return [...alone, ...several, ...several.map((count) => count * queues)].find(fits);
}

/** In how many places knobs of the same kind and limit are: disks, or sets that disks share. */
function countPlaces(knobs: readonly Knob[]): ReadonlyMap<string, number> {
  const places = new Map<string, Set<string>>();
  for (const knob of knobs) {
    const kind = kindOf(knob);
    places.set(kind, (places.get(kind) ?? new Set()).add(knob.sharedIn ?? knob.device ?? knob.where));
  }
  return new Map([...places].map(([kind, at]) => [kind, at.size]));
}

function kindOf({ id, layer, name, limit, queues }: Knob): string {
  return JSON.stringify([id, layer, name, limit, queues]);
}

const hostOrder: readonly KnobScope[] = ['shared', 'host', 'device', 'queue', 'cgroup'];
const guestOrder: readonly KnobScope[] = ['device', 'queue', 'cgroup', 'shared', 'host'];

/** Smaller is better, the first that differs decides: same layer, left at its default, alone, scope, distance. */
function rankOf(cap: Cap, view: View, { knob, fits, times }: Match): readonly number[] {
  return [
    cap.layer === undefined || knob.layer === cap.layer ? 0 : 1,
    // A knob without a default follows another setting, which is the better suspect.
    knob.atDefault === true ? 0 : knob.atDefault === false ? 1 : 2,
    fits === 'alone' ? 0 : 1,
    (view.perGuest ? guestOrder : hostOrder).indexOf(knob.scope),
    Math.abs((knob.limit ?? 0) * times - view.estimate),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
