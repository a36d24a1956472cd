// Counters of a block device (Documentation/block/stat.rst, Documentation/admin-guide/iostats.rst), from its own file or from
// the one with all of them.

import { type DiskStat, parseDiskStat } from '../../host/formats/disk-stat.ts';
import { sectorBytes } from '../../lib/units.ts';
import type { Look } from '../series.ts';

export function statPath(name: string): string {
  return `/sys/class/block/${name}/stat`;
}

/** From the file of each, or else from `/proc/diskstats`. */
function statsIn(texts: ReadonlyMap<string, string>, names: readonly string[]): ReadonlyMap<string, DiskStat> {
  const all = texts.get('/proc/diskstats');
  const found = new Map<string, DiskStat>();
  if (all === undefined) {
    for (const name of names) {
      const fields = parseDiskStat(texts.get(statPath(name)));
      if (fields) found.set(name, fields);
    }
    return found;
  }
  const wanted = new Set(names);
  for (const line of all.split('\n')) {
    const [, , name = '', ...rest] = line.trim().split(/\s+/);
    // The kernel writes a slash in a name as an exclamation mark in sysfs alone.
    const own = name.replaceAll('/', '!');
    const fields = wanted.has(own) ? parseDiskStat(rest.join(' ')) : undefined;
    if (fields) found.set(own, fields);
  }
  return found;
}

/** I/Os that the driver has now. */
export function inFlightIn(texts: ReadonlyMap<string, string>, names: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...statsIn(texts, names)].map(([name, { inFlight }]) => [name, inFlight]));
}

export interface DiskRates {
  readonly iosPerSecond: number;
  readonly readShare: number | null;
  readonly bytesPerIo: number | null;
  readonly latencyNs: number | null;
  readonly inFlight: number;
}

/** Between two looks; only of devices that were there at both, and did not begin anew in between. */
export function ratesBetween(from: Look, to: Look, names: readonly string[]): ReadonlyMap<string, DiskRates> {
  const seconds = (to.atMs - from.atMs) / 1000;
  const [before, after] = [statsIn(from.texts, names), statsIn(to.texts, names)];
  return new Map(
    [...after].flatMap(([name, now]) => {
      const was = before.get(name);
      if (!was || !(seconds > 0)) return [];
      const grown = (key: keyof DiskStat): number => now[key] - was[key];
      const [reads, writes, discards, flushes] = [grown('reads'), grown('writes'), grown('discards'), grown('flushes')];
      if (reads < 0 || writes < 0) return [];
      const ios = reads + writes;
      const all = ios + Math.max(0, discards) + Math.max(0, flushes);
      const rates: DiskRates = {
        iosPerSecond: all / seconds,
        readShare: ios > 0 ? reads / ios : null,
        bytesPerIo: ios > 0 ? ((grown('sectorsRead') + grown('sectorsWritten')) * sectorBytes) / ios : null,
        latencyNs: ios > 0 ? (Math.max(0, grown('readMs') + grown('writeMs')) / ios) * 1e6 : null,
        inFlight: Math.max(0, grown('weightedMs')) / 1000 / seconds,
      };
      return [[name, rates] as const];
    }),
  );
}
