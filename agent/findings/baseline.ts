// Findings of the slices beside goodput: where time goes in the baseline arm, what each guest gets, what is in doubt.

import { sum } from '../lib/numbers.ts';
import { baselineId } from '../lib/arm.ts';
import { type LayerLatency, layerLatencies, weightedMean } from './layer-latency.ts';
import type { SliceCaveat } from '../records/caveat.ts';
import type { SliceRecord } from '../records/slice.ts';
import { endedOf, usefulRate } from './goodput.ts';

type Slices = readonly SliceRecord[];

/** Mean latencies in nanoseconds; null: no I/O completed. */
export interface LatencyByLayer {
  readonly guestsNs: number | null;
  /** From the bottom up. */
  readonly layers: readonly LayerLatency[];
}

export interface GuestFigures {
  readonly guest: number;
  /** I/Os a second that it asks for; left out: a closed loop. */
  readonly offered?: number;
  /** Useful I/O a second. */
  readonly goodput: number;
  readonly meanLatencyNs: number;
  readonly errors: number;
  readonly objectiveNs: number | null;
  /** The share of its I/Os that met the objective. */
  readonly attainment: number | null;
}

/** The latency objectives of the guests that have one. */
export interface ObjectiveFigures {
  readonly guests: number;
  readonly lowestNs: number;
  readonly highestNs: number;
  readonly attainment: number | null;
}

/** Two instants in ISO 8601. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

export interface AgentCost {
  /** Per cent of one CPU. */
  readonly cpuPercent: number;
  readonly residentBytes: number;
}

/** A doubt that `slices` slices share. */
export interface CountedCaveat {
  readonly caveat: SliceCaveat;
  readonly slices: number;
}

export function baselineOf(slices: Slices): Slices {
  return slices.filter(({ arm }) => arm === baselineId);
}

/** Mean latency at each layer's junctions over `slices`, weighted by I/Os, and each layer's own part, in nanoseconds. */
export function latencyOf(slices: Slices): LatencyByLayer {
  return {
    guestsNs: weightedMean(slices.flatMap(({ guests }) => guests.map((guest) => [guest.meanLatencyNs, guest.ios]))),
    layers: layerLatencies(slices),
  };
}

/** Each guest's mean over `slices`: useful I/O a second, latency weighted by its I/Os, and how far its objective was met. */
export function guestFigures(slices: Slices): GuestFigures[] {
  const all = slices.flatMap(({ guests }) => guests);
  return [...new Set(all.map(({ guest }) => guest))]
    .sort((a, b) => a - b)
    .map((guest) => {
      const own = all.filter((one) => one.guest === guest);
      const offered = own[0]?.offeredPerSecond;
      return {
        guest,
        ...(offered === undefined ? {} : { offered }),
        goodput: sum(own.map(usefulRate)) / own.length,
        meanLatencyNs: weightedMean(own.map(({ meanLatencyNs, ios }) => [meanLatencyNs, ios])) ?? 0,
        errors: sum(own.map(({ errors }) => errors)),
        objectiveNs: own[0]?.objectiveNs ?? null,
        attainment: attainmentOf(own),
      };
    });
}

export interface GroupFigures {
  readonly group: string;
  readonly guests: number;
  /** Useful I/O a second of all of them. */
  readonly goodput: number;
  readonly meanLatencyNs: number;
  /** The same in the arm with the most stubs; null: not measured. */
  readonly lifted: number | null;
}

/** Each group's figures, in the order of the groups. `groupOf`: of a guest by number; undefined: of none. */
export function groupFigures(
  { baseline, stubbed }: { readonly baseline: Slices; readonly stubbed: Slices },
  groupOf: (guest: number) => string | undefined,
): GroupFigures[] {
  const numbers = guestFigures(baseline).map(({ guest }) => guest);
  const groups = [...new Set(numbers.flatMap((guest) => groupOf(guest) ?? []))];
  return groups.map((group) => {
    const own = (slices: Slices): SliceRecord['guests'] =>
      slices.flatMap(({ guests }) => guests.filter(({ guest }) => groupOf(guest) === group));
    const rate = (slices: Slices): number => sum(own(slices).map(usefulRate)) / slices.length;
    return {
      group,
      guests: numbers.filter((guest) => groupOf(guest) === group).length,
      goodput: rate(baseline),
      meanLatencyNs: weightedMean(own(baseline).map(({ meanLatencyNs, ios }) => [meanLatencyNs, ios])) ?? 0,
      lifted: stubbed.length > 0 ? rate(stubbed) : null,
    };
  });
}

/** The objectives of the guests, and how far `slices` met them; null if there are none. */
export function objectiveOf(slices: Slices): ObjectiveFigures | null {
  const judged = slices.flatMap(({ guests }) => guests.filter(({ objectiveNs }) => objectiveNs !== null));
  if (judged.length === 0) return null;
  const bounds = judged.map(({ objectiveNs }) => objectiveNs ?? 0);
  return {
    guests: new Set(judged.map(({ guest }) => guest)).size,
    lowestNs: Math.min(...bounds),
    highestNs: Math.max(...bounds),
    attainment: attainmentOf(judged),
  };
}

function attainmentOf(guests: SliceRecord['guests']): number | null {
  const judged = guests.filter(({ objectiveNs }) => objectiveNs !== null);
  const ended = sum(judged.map(endedOf));
  return ended > 0 ? Math.min(1, sum(judged.map(({ useful }) => useful)) / ended) : null;
}

/** From the start of the first slice to the end of the last; `whole` when there is none. */
export function windowOf(slices: Slices, whole: TimeWindow): TimeWindow {
  const starts = slices.map(({ startedAt }) => Date.parse(startedAt));
  const ends = slices.map((slice) => Date.parse(slice.startedAt) + elapsedMs(slice));
  if (starts.length === 0) return whole;
  return { from: instant(Math.min(...starts)), to: instant(Math.max(...ends)) };
}

export function secondsOf(slices: Slices): number {
  return sum(slices.map(elapsedMs)) / 1000;
}

/** The cost of the agent itself; null if no slice has it. */
export function agentCost(slices: Slices): AgentCost | null {
  const readings = slices.flatMap(({ measurements }) => {
    const { cpuPercent, residentBytes } = measurements['agent'] ?? {};
    return cpuPercent === undefined || residentBytes === undefined ? [] : [{ cpuPercent, residentBytes }];
  });
  if (readings.length === 0) return null;
  return {
    cpuPercent: sum(readings.map(({ cpuPercent }) => cpuPercent)) / readings.length,
    residentBytes: Math.max(...readings.map(({ residentBytes }) => residentBytes)),
  };
}

/** Caveats of one kind count as one, shown by the first, once a slice; of sentences on record each is a kind of its own. */
export function groupCaveats(slices: Slices): CountedCaveat[] {
  const counts = new Map<string, CountedCaveat>();
  for (const { caveats } of slices) {
    const last = new Map(caveats.map((caveat) => [caveat.kind === 'recorded' ? caveat.text : caveat.kind, caveat]));
    for (const [key, caveat] of last) {
      const before = counts.get(key);
      counts.set(key, { caveat: before?.caveat ?? caveat, slices: (before?.slices ?? 0) + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.slices - a.slices);
}

/** The longest of the guests' windows: they are read one after another. */
function elapsedMs({ guests }: SliceRecord): number {
  return Math.max(0, ...guests.map((guest) => guest.elapsedMs));
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
