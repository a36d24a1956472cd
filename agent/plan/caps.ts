// How the cap probe of a run is laid out (pure): how long the delay, how deep the load, how many points.

import { guestFacts } from '../lib/guest.ts';
import type { CapsDesign } from '../analysis/caps/design.ts';
import type { Layer } from '../lib/layer.ts';
import type { Profile } from '../profile/profile.ts';
import type { Design } from '../analysis/verdict/design.ts';

export interface CapsPlan {
  readonly design: CapsDesign;
}

/** How long a point settles and is measured over a delay. */
export interface PointTimes {
  readonly settleMs: number;
  readonly measureMs: number;
}

/** Findings of the run before its probe. */
export interface CapsBasis {
  /** What the load generator and the CPUs can do, I/O a second. */
  readonly saturation: number;
  /** Layers that the verdict names. */
  readonly named: readonly Layer[];
  /** I/Os in flight that each guest offers in the run. */
  readonly depth: number;
  /** I/Os in flight that the ring of a guest has places for, where its settings say so. */
  readonly ringHolds?: number;
  /** The rest of the budget. */
  readonly remainingMs: number;
}

/** I/Os in flight over all guests that are offered at least: most of the known defaults lie well below half of it. */
const leastOffered = 256;
const mostOffered = 4096;
/** The generator must serve the whole load over the delay line with room to spare. */
const share = 1 / 2;
const [shortestNs, longestNs] = [1e6, 100e6];
/** The longest where the host is too slow for the least that is offered: up to here a slice takes no longer for it. */
const longestForSlowNs = 250e6;
/** The longest where a ring is to be filled whose size is known: a slow host then has time to serve twice as much. */
const longestForRingNs = 1.5e9;
/** A delay line gives whole rounds of I/O: a slice has so many delays that one round more or less does not matter. */
const roundsPerSlice = 30;
const roundsToSettle = 4;
/** A slow host spreads its rounds over much of the delay, so that from this length on fewer of them will do. */
const slow = { settleMs: 1000, roundsToSettle: 2.5, measureMs: 3000, rounds: 10 } as const;
/** A delay up to here gives a slow host twice the room that it seems to need, at the price of somewhat longer slices. */
const roomyNs = 500e6;
const [leastSettleMs, leastMeasureMs] = [500, 1500];
/** Starting the guests anew at another depth, freezing some, and switching, in the lab; upper figures. */
const [visitMs, switchMs] = [6_000, 400];
const visits = 4;
const mostPoints = 120;
/** By what a delay is made longer, again and again, where it was too short to tell a cap from a rate, and up to where. */
const [lengthening, longestAgainNs] = [4, 1e9];
const fewestPoints = 16;
/** What the probe takes on a quiet host to size a cap in a layer, for each further subject, and for the media: by simulation. */
const [pointsForOne, pointsForMore, pointsForMedia] = [22, 4, 6];
/** The least time that a probe takes, over the shortest delay. */
export const leastCapsMs = visits * visitMs + fewestPoints * (leastSettleMs + leastMeasureMs + switchMs);

/** Why no caps are looked for: the run is cold, the load checks its data, no delay can replace the media, the budget is used up. */
export const capsLeftOut = ['cold', 'verifies', 'media', 'budget'] as const;
export type CapsLeftOut = (typeof capsLeftOut)[number];

/** Why this load and this stack take no delay beneath them; undefined: they do. */
export function noCaps(load: {
  readonly profile: Pick<Profile, 'stack'>;
  /** Whether the load checks its data. */
  readonly verifies: boolean;
  readonly cold: boolean;
}): CapsLeftOut | undefined {
  if (load.cold) return 'cold';
  if (load.verifies) return 'verifies';
  return load.profile.stack.some(({ layer }) => layer === 'media') ? undefined : 'media';
}

/** The plan, or why there is none. */
export function planCaps(
  plan: { readonly design: Design; readonly profile: Profile },
  basis: CapsBasis,
): CapsPlan | CapsLeftOut {
  const guests = plan.profile.guests.length;
  const { maxDepth, delayNs } = loadOf(plan.profile, basis);
  const pointMs = pointMsOver(delayNs);
  const affordable = (basis.remainingMs - visits * visitMs) / pointMs;
  if (affordable < fewestPoints) return 'budget';
  const compared = plan.design.layers.filter((layer) => layer !== 'media');
  // No arm leads past a domain's ring, but a load of this host does.
  const all = guestFacts[plan.profile.guest].ownKernel ? [...compared, 'ring' as const] : compared;
  const media = basis.named.includes('media');
  const layers = affordable < pointsFor(all, media) ? namedAmong(all, basis.named) : all;
  const leftOut = all.filter((layer) => !layers.includes(layer));
  const design: CapsDesign = {
    layers,
    ...(leftOut.length > 0 ? { leftOut } : {}),
    media,
    guests,
    delayNs,
    longer: longerThan(delayNs).map((longNs) => ({ delayNs: longNs, cost: pointMsOver(longNs) / pointMs })),
    maxDepth,
    alpha: plan.design.alpha,
    budgetPoints: Math.min(mostPoints, Math.floor(affordable)),
  };
  return { design };
}

/** About what it takes to size one cap among `layers`, measured alone and, where there are several, together. */
function pointsFor({ length }: readonly Layer[], media: boolean): number {
  return pointsForOne + pointsForMore * (length > 1 ? length : 0) + (media ? pointsForMedia : 0);
}

/** Those of `layers` that the verdict names; all where it names none. */
function namedAmong(layers: readonly Layer[], named: readonly Layer[]): readonly Layer[] {
  const some = layers.filter((layer) => named.includes(layer));
  return some.length > 0 ? some : layers;
}

function longerThan(delayNs: number): readonly number[] {
  return [1, 2].map((power) => delayNs * lengthening ** power).filter((longNs) => longNs <= longestAgainNs);
}

function pointMsOver(delayNs: number): number {
  const { settleMs, measureMs } = timesOver(delayNs);
  return settleMs + measureMs + switchMs;
}

export function timesOver(delayNs: number): PointTimes {
  const delayMs = delayNs / 1e6;
  const settleMs = Math.min(roundsToSettle * delayMs, Math.max(slow.settleMs, slow.roundsToSettle * delayMs));
  const measureMs = Math.min(roundsPerSlice * delayMs, Math.max(slow.measureMs, slow.rounds * delayMs));
  return {
    settleMs: Math.ceil(Math.max(leastSettleMs, settleMs)),
    measureMs: Math.ceil(Math.max(leastMeasureMs, measureMs)),
  };
}

/** The most in flight for each guest, a power of two, and the delay over which the host serves that. */
function loadOf(
  { guest, guests: { length: guests } }: Profile,
  { saturation, depth, ringHolds }: CapsBasis,
): Pick<CapsDesign, 'maxDepth' | 'delayNs'> {
  const depthFor = (inFlight: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, inFlight / guests)));
  const delayFor = (inFlight: number): number => (inFlight * 1e9) / (share * saturation);
  const twiceTheRings = ringHolds === undefined ? 0 : 2 * ringHolds * guests;
  const inRings = delayFor(twiceTheRings) <= longestForRingNs ? twiceTheRings : 0;
  // Domains are slow, and have all their I/O pass their ring: more than twice what it holds would show nothing more.
  const least = guestFacts[guest].ownKernel && inRings > 0 ? inRings : Math.max(leastOffered, inRings);
  const mostNs = inRings > 0 ? Math.min(longestForRingNs, Math.max(longestNs, delayFor(least))) : longestNs;
  // More than the generator serves over the longest delay would be measured in vain.
  const served = (mostNs * share * saturation) / 1e9;
  const wanted = Math.min(mostOffered, Math.max(least, 2 * depth * guests));
  const maxDepth = Math.max(depthFor(least), Math.min(depthFor(wanted), depthFor(served) / 2));
  const needNs = Math.max(shortestNs, delayFor(maxDepth * guests));
  const delayNs = inRings > 0 ? withRoom(Math.min(mostNs, needNs)) : Math.min(longestForSlowNs, needNs);
  return { maxDepth, delayNs: Math.round(delayNs) };
}

/** The layers below a ring may be slower than those that the saturation was seen with, and the saturation a lucky slice. */
function withRoom(needNs: number): number {
  return needNs > longestNs ? Math.max(needNs, Math.min(roomyNs, 2 * needNs)) : needNs;
}
