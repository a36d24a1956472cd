// The I/O of a device between the two looks of a snapshot, from /proc/diskstats (Documentation/admin-guide/iostats.rst).

import { type DiskStat, parseDiskStat } from '../../host/formats/disk-stat.ts';
import { sectorBytes } from '../../lib/units.ts';
import { type Snapshot, valueIn } from '../snapshot.ts';

export interface Activity {
  readonly seconds: number;
  readonly iosPerSecond: number;
  /** Of reads among reads and writes, 0 to 1. */
  readonly readShare: number;
  readonly bytesPerIo: number;
  /** Mean over the look: time in queue by time. */
  readonly inFlight: number;
  readonly latencyNs: number;
}

/** So few are no figure. */
export const fewIos = 100;

/** By kernel name; only of devices that did enough, and where both looks are there, some time apart. */
export function activityIn(snapshot: Snapshot): ReadonlyMap<string, Activity> {
  const [from, to] = [statsOf(snapshot, '1'), statsOf(snapshot, '2')];
  const seconds = (uptime(snapshot, '2') ?? 0) - (uptime(snapshot, '1') ?? 0);
  if (!(seconds > 0)) return new Map();
  return new Map(
    [...to].flatMap(([name, after]) => {
      const before = from.get(name);
      if (!before) return [];
      const grown = (key: keyof DiskStat): number => Math.max(0, after[key] - before[key]);
      const ios = grown('reads') + grown('writes');
      if (ios < fewIos) return [];
      const activity: Activity = {
        seconds,
        iosPerSecond: ios / seconds,
        readShare: grown('reads') / ios,
        bytesPerIo: ((grown('sectorsRead') + grown('sectorsWritten')) * sectorBytes) / ios,
        inFlight: grown('weightedMs') / 1000 / seconds,
        latencyNs: ((grown('readMs') + grown('writeMs')) / ios) * 1e6,
      };
      return [[name, activity] as const];
    }),
  );
}

function statsOf(snapshot: Snapshot, look: string): ReadonlyMap<string, DiskStat> {
  const lines = (snapshot.files.get(`/look/${look}/diskstats`) ?? '').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, , name, ...fields] = line.trim().split(/\s+/);
      const stat = parseDiskStat(fields.join(' '));
      return name === undefined || !stat ? [] : [[name, stat] as const];
    }),
  );
}

function uptime(snapshot: Snapshot, look: string): number | undefined {
  const text = valueIn(snapshot, `/look/${look}/uptime`)?.split(' ')[0];
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
