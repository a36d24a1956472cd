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
}

type Counts = Pick<JunctionCounters, 'ios' | 'bytes' | 'latencySumNs'>;

export interface JunctionWork {
  readonly layer: Layer;
  readonly guest: number;
  readonly iosPerSecond: number;
  readonly bytesPerSecond: number;
  /** From entering the junction to completion: what this layer and all below it take. */
  readonly meanLatencyNs: number;
}

export async function startCounting(host: Host, junctions: readonly Junction[]): Promise<void> {
  for (const { layer, devices } of junctions) {
    for (const name of devices) await host.apply({ kind: 'dm-stats', name, why: `latency above ${layer}` });
  }
}

export async function readJunctions(host: Host, junctions: readonly Junction[]): Promise<readonly JunctionCounters[]> {
  const read = await Promise.all(
    junctions.map(async ({ layer, guest, devices }) => {
      // I/O goes through the junction or, past the ring, through its twin: both count.
      const counters = await Promise.all(devices.map(async (name) => parseStats((await host.dmCounters(name)) ?? '')));
      const known = counters.filter((one) => one !== undefined);
      if (known.length < devices.length) return [];
      const sum = (of: (one: Counts) => number): number => known.reduce((total, one) => total + of(one), 0);
      return [
        {
          layer,
          guest,
          atMs: performance.now(),
          ios: sum(({ ios }) => ios),
          bytes: sum(({ bytes }) => bytes),
          latencySumNs: sum(({ latencySumNs }) => latencySumNs),
        },
      ];
    }),
  );
  return read.flat();
}

/** Fields as in Documentation/admin-guide/device-mapper/statistics.rst; times in nanoseconds. */
export function parseStats(text: string): Counts | undefined {
  const fields = text.trim().split(/\s+/).slice(1).map(Number);
  if (fields.length < 8 || fields.some(Number.isNaN)) return undefined;
  const [reads = 0, , sectorsRead = 0, readNs = 0, writes = 0, , sectorsWritten = 0, writeNs = 0] = fields;
  return { ios: reads + writes, bytes: (sectorsRead + sectorsWritten) * sectorBytes, latencySumNs: readNs + writeNs };
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
      },
    ];
  });
}

function countersOf(
  counters: readonly JunctionCounters[],
  { layer, guest }: Pick<JunctionCounters, 'layer' | 'guest'>,
): JunctionCounters | undefined {
  return counters.find((one) => one.layer === layer && one.guest === guest);
}
