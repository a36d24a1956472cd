// The junctions as measuring points: dm-stats counters with precise timestamps, the same way for every layer.

import type { Host } from '../host/host.ts';
import type { Layer } from '../lib/layer.ts';
import { sectorBytes } from '../lib/units.ts';
import type { Junction } from '../stack/junction.ts';

/** Counters since the junction was raised, and when they were read (milliseconds of the agent's clock). */
export interface JunctionCounters {
  readonly layer: Layer;
  readonly guest: number;
  readonly atMs: number;
  readonly ios: number;
  readonly bytes: number;
  readonly latencySumNs: number;
  /** I/Os that have entered and not completed. */
  readonly inFlight: number;
  /** I/Os in flight, summed over time: nanoseconds. */
  readonly queueNs: number;
}

type Counts = Pick<JunctionCounters, 'ios' | 'bytes' | 'latencySumNs' | 'inFlight' | 'queueNs'>;

export interface JunctionWork {
  readonly layer: Layer;
  readonly guest: number;
  readonly iosPerSecond: number;
  readonly bytesPerSecond: number;
  /** From entering the junction to completion: what this layer and all below it take. */
  readonly meanLatencyNs: number;
  /**
   * By how much the count is to grow, as a share of it, where an I/O in flight at either border counts as the part of its
   * latency that lies within the window. Left out: it cannot be told.
   */
  readonly bordersShare?: number;
}

export async function startCounting(host: Host, junctions: readonly Junction[]): Promise<void> {
  for (const { layer, devices } of junctions) {
    for (const name of devices) await host.apply({ kind: 'dm-stats', name, why: `latency above ${layer}` });
  }
}

export async function readJunctions(host: Host, junctions: readonly Junction[]): Promise<readonly JunctionCounters[]> {
  const read = await Promise.all(
    junctions.map(async ({ layer, guest, devices }) => {
      const before = performance.now();
      // I/O goes through the junction or, past the ring, through its twin: both count.
      const counters = await Promise.all(devices.map(async (name) => parseStats((await host.dmCounters(name)) ?? '')));
      const known = counters.filter((one) => one !== undefined);
      if (known.length < devices.length) return [];
      const sum = (of: (one: Counts) => number): number => known.reduce((total, one) => total + of(one), 0);
      return [
        {
          layer,
          guest,
          atMs: (before + performance.now()) / 2,
          ios: sum(({ ios }) => ios),
          bytes: sum(({ bytes }) => bytes),
          latencySumNs: sum(({ latencySumNs }) => latencySumNs),
          inFlight: sum(({ inFlight }) => inFlight),
          queueNs: sum(({ queueNs }) => queueNs),
        },
      ];
    }),
  );
  return read.flat();
}

/** Fields as in Documentation/admin-guide/device-mapper/statistics.rst; times in nanoseconds. */
export function parseStats(text: string): Counts | undefined {
  const fields = text.trim().split(/\s+/).slice(1).map(Number);
  if (fields.length < 11 || fields.some(Number.isNaN)) return undefined;
  const [reads = 0, , sectorsRead = 0, readNs = 0, writes = 0, , sectorsWritten = 0, writeNs = 0] = fields;
  const [inFlight = 0, , queueNs = 0] = fields.slice(8);
  return {
    ios: reads + writes,
    bytes: (sectorsRead + sectorsWritten) * sectorBytes,
    latencySumNs: readNs + writeNs,
    ...{ inFlight, queueNs },
  };
}

/** Sectors that passed a junction between two readings; undefined where one of them lacks it. */
export function sectorsBetween(
  from: readonly JunctionCounters[],
  to: readonly JunctionCounters[],
): (layer: Layer, guest: number) => number | undefined {
  return (layer, guest) => {
    const [a, b] = [from, to].map((counters) => countersOf(counters, { layer, guest }));
    return a && b && (b.bytes - a.bytes) / sectorBytes;
  };
}

export function junctionsBetween(
  from: readonly JunctionCounters[],
  to: readonly JunctionCounters[],
): readonly JunctionWork[] {
  return to.flatMap((b) => {
    const a = countersOf(from, b);
    const seconds = a ? (b.atMs - a.atMs) / 1000 : 0;
    if (!a || seconds <= 0) return [];
    const ios = b.ios - a.ios;
    return [
      {
        layer: b.layer,
        guest: b.guest,
        iosPerSecond: ios / seconds,
        bytesPerSecond: (b.bytes - a.bytes) / seconds,
        meanLatencyNs: ios > 0 ? (b.latencySumNs - a.latencySumNs) / ios : 0,
        ...(ios > 0 ? { bordersShare: bordersShare(a, b) } : {}),
      },
    ];
  });
}

/**
 * The worth of I/Os in flight at the borders of a window. A load that goes round in step completes whole rounds, so a
 * bare count is wrong by up to one of them, in the same way whenever a window begins in the same phase.
 *
 * Let A be the time for which the I/Os in flight have been so. A = queue - latencies by definition of both sums, so the parts
 * done grew by (dqueue - dlatencies) / mean latency; the count with it is Little's law, in flight x time / latency. No part is
 * more than a whole I/O: an I/O that hangs counts once at most, whatever its age.
 */
function bordersShare(a: JunctionCounters, b: JunctionCounters): number {
  const ios = b.ios - a.ios;
  const latenciesNs = b.latencySumNs - a.latencySumNs;
  if (latenciesNs <= 0) return 0;
  const grown = (b.queueNs - a.queueNs - latenciesNs) / (latenciesNs / ios);
  return Math.min(b.inFlight, Math.max(-a.inFlight, grown)) / ios;
}

function countersOf(
  counters: readonly JunctionCounters[],
  { layer, guest }: Pick<JunctionCounters, 'layer' | 'guest'>,
): JunctionCounters | undefined {
  return counters.find((one) => one.layer === layer && one.guest === guest);
}
