// The pilot of a run (pure): whether there is one, and how its time is divided.

import type { Profile } from '../profile/profile.ts';

export interface PilotResult {
  /** How long every slice settles. */
  readonly settleMs: number;
  /** The part of the budget that the pilot took. */
  readonly spentMs: number;
  /** Time of an I/O in the stack as deployed; left out where it could not be seen. */
  readonly latency?: Latency;
}

export interface Latency {
  readonly ms: number;
  /** Whether the junctions count the guests' own I/O, so that I/Os in flight at the borders of a slice count as parts. */
  readonly bordersKnown: boolean;
}

/** Each layer is switched to its stub and back. */
const switchesEach = 2;
/** For a switch and what follows it: four times the longest time constant that slices of the usual kind bear, and no more. */
const mostSwitchMs = 3000;
/** Before the first switch, so that the start of the load is not taken for its transient. */
const warmUpMs = 1000;

interface Piloting {
  readonly profile: Profile;
  readonly cold: boolean;
  readonly aims: { readonly verdict: boolean; readonly neighbours: boolean };
}

/** Layers of a cold run are not switched under load: its settle time is the profile's, or assumed. */
export function usesPilot({ profile, cold, aims }: Piloting): boolean {
  // The cap probe alone has times of its own.
  return !cold && (aims.verdict || aims.neighbours) && profile.experiment.settle === 'pilot';
}

export function pilotMostMs(layers: number): number {
  return layers * switchesEach * mostSwitchMs;
}

/** Milliseconds to wait first, and for each switch with its readings; together they are `pilotMostMs`. */
export function pilotTimes(layers: number): { readonly warmUpMs: number; readonly switchMs: number } {
  return { warmUpMs, switchMs: (pilotMostMs(layers) - warmUpMs) / (layers * switchesEach) };
}
