// One reading of the rings of a Xen host, and what two of them tell: rates, and what is in flight at the device beneath.

import { deviceNumberOfHex } from '../../host/formats/device-number.ts';
import { readsAtOnce } from '../../knobs/disk.ts';
import type { Reader } from '../../knobs/knob.ts';
import { readVbd, type Vbd, vbdFolders } from '../../knobs/xen.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import { backendDevices } from '../../lib/xen.ts';
import type { ObservedVbd, SeenRings } from '../../report/observed-rings.ts';

interface Counters {
  readonly vbd: Vbd;
  readonly device: string | undefined;
  readonly requests: number | undefined;
  readonly outOfRequests: number | undefined;
  /** Fields of the device's own `stat` (Documentation/block/stat.rst). */
  readonly stat: readonly number[];
}

export interface Look {
  readonly atMs: number;
  /** By the folder of the backend; only those that are connected. */
  readonly vbds: ReadonlyMap<string, Counters>;
  readonly unconnected: SeenRings['unconnected'];
}

/** One reading of every vbd: xenstore first, which takes its time, and then all counters close together. */
export async function look(reader: Reader, atMs?: number): Promise<Look> {
  const found = await mapBounded(await vbdFolders(reader), readsAtOnce, async (back) => {
    const vbd = await readVbd(reader, back);
    return vbd ? [{ back, vbd }] : [];
  });
  const connected = found.flat().filter(({ vbd }) => vbd.connected);
  const at = atMs ?? performance.now();
  const vbds = await mapBounded(
    connected,
    readsAtOnce,
    async ({ back, vbd }) => [back, await readCounters(reader, vbd)] as const,
  );
  return {
    ...{ atMs: at, vbds: new Map(vbds) },
    unconnected: found.flat().flatMap(({ vbd: { name, state, connected: is } }) => (is ? [] : [{ name, state }])),
  };
}

async function readCounters(reader: Reader, vbd: Vbd): Promise<Counters> {
  const folder = `${backendDevices}/vbd-${vbd.domain}-${vbd.id}`;
  const count = async (name: string): Promise<number | undefined> => {
    const text = (await reader.read(`${folder}/statistics/${name}`))?.trim() ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const kinds = await Promise.all(['rd_req', 'wr_req', 'f_req', 'ds_req'].map(count));
  const known = kinds.filter((value) => value !== undefined);
  const device = deviceNumberOfHex(await reader.read(`${folder}/physical_device`));
  const stat = device === undefined ? undefined : await reader.read(`/sys/dev/block/${device}/stat`);
  return {
    ...{ vbd, device, outOfRequests: await count('oo_req') },
    requests: known.length > 0 ? known.reduce((a, b) => a + b, 0) : undefined,
    stat: (stat?.trim() ?? '').split(/\s+/).filter(Boolean).map(Number),
  };
}

/** Only what was there at both looks. */
export function vbdsBetween(from: Look, to: Look): readonly ObservedVbd[] {
  const seconds = (to.atMs - from.atMs) / 1000;
  const devices = [...to.vbds.values()].map(({ device }) => device);
  return [...to.vbds].flatMap(([back, now]) => {
    const before = from.vbds.get(back);
    if (!before || seconds <= 0) return [];
    const rate = (a: number | undefined, b: number | undefined): number | undefined =>
      a === undefined || b === undefined ? undefined : Math.max(0, b - a) / seconds;
    const grown = (at: number): number => (now.stat[at] ?? NaN) - (before.stat[at] ?? NaN);
    // Reads and writes: how many, and their milliseconds; then the milliseconds weighted by what is in flight.
    const [ios, ms, weighted] = [grown(0) + grown(4), grown(3) + grown(7), grown(10)];
    return [
      {
        ...{ vbd: now.vbd, device: now.device },
        sharing: devices.filter((device) => device === now.device).length,
        iosPerSecond: rate(before.requests, now.requests),
        outOfRequestsPerSecond: rate(before.outOfRequests, now.outOfRequests),
        inFlight: Number.isNaN(weighted) ? undefined : weighted / 1000 / seconds,
        latencyNs: ios > 0 ? (ms / ios) * 1e6 : undefined,
      },
    ];
  });
}
