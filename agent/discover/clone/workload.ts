// How a group of guests drives its disks, as a workload: what it keeps in flight, or, where it keeps its disks busy for a part of
// the time alone, what it asks for.

import { mean, sum } from '../../lib/numbers.ts';
import type { Device } from '../document.ts';
import type { Activity } from './counters.ts';
import type { GuestDisk } from './path.ts';
import type { Line } from './values.ts';

/** A guest's disk, the first device on its way that is counted, how many such disks stand on that, and this one's part of what it did. */
export interface Drive {
  readonly disk: GuestDisk;
  readonly top: Device;
  readonly sharers: number;
  readonly own: Activity;
}

/** Guests that are no further apart are one group: points of the share of reads, and a factor of size, and of depth or rate. */
const apart = { readShare: 0.1, factor: 1.5 };

/**
 * Mean in flight below which a guest asks, and waits for others than the stack. One I/O in flight at any time, the least of a
 * closed loop, does 1 / mean as many by Little's law: here a quarter more than was seen, by which a twin counts as another load.
 */
const leastClosed = 0.8;

/** Of an open loop: bursts of so few I/Os in flight on average have room in it. */
const room = 32;

export function areAlike(a: Activity, b: Activity): boolean {
  const isNear = (x: number, y: number): boolean => Math.max(x, y) <= apart.factor * Math.min(x, y);
  const areOpen = isOpen(a);
  return (
    Math.abs(a.readShare - b.readShare) <= apart.readShare &&
    isNear(a.bytesPerIo, b.bytesPerIo) &&
    areOpen === isOpen(b) &&
    (areOpen ? isNear(a.iosPerSecond, b.iosPerSecond) : isNear(depthOf(a.inFlight), depthOf(b.inFlight)))
  );
}

function isOpen({ inFlight }: Activity): boolean {
  return inFlight < leastClosed;
}

function depthOf(inFlight: number): number {
  return Math.min(4096, Math.max(1, Math.round(inFlight)));
}

/** I/Os a second that each guest of a group asks for; undefined: a closed loop. Those of a group are alike. */
export function asksFor(group: readonly Drive[]): number | undefined {
  if (!group.some(({ own }) => isOpen(own))) return undefined;
  return Math.min(1e7, Math.max(1, Math.round(mean(group.map(({ own }) => own.iosPerSecond)))));
}

/** Mix and size are means over the group's I/Os, depth and rate are means over its guests. */
export function workloadLines(group: readonly Drive[]): readonly Line[] {
  const together = sum(group.map(({ own }) => own.iosPerSecond));
  const ofIos = (pick: (one: Activity) => number): number =>
    sum(group.map(({ own }) => pick(own) * own.iosPerSecond)) / together;
  const depth = mean(group.map(({ own }) => own.inFlight));
  const reads = Math.round(100 * ofIos(({ readShare }) => readShare));
  const bytes = Math.min(2 ** 24, Math.max(4096, Math.round(ofIos(({ bytesPerIo }) => bytesPerIo) / 4096) * 4096));
  const [first] = group;
  const shared = first && first.sharers > 1 ? `, an equal part for each of ${first.sharers} on it` : '';
  const from = `/proc/diskstats of ${group.length === 1 ? (first?.top.id ?? '') : `${group.length} disks`}, ${(first?.own.seconds ?? 0).toFixed(0)} s${shared}`;
  const pattern: Line =
    reads === 100
      ? { key: 'rw', value: 'randread', origin: `reads alone: ${from}` }
      : {
          key: 'rw',
          value: reads === 0 ? 'randwrite' : 'randrw',
          origin: `offsets cannot be seen: taken as random; ${from}`,
        };
  const law = `mean in flight by Little's law: ${depth.toFixed(2)}`;
  const rate = asksFor(group);
  return [
    pattern,
    ...(reads > 0 && reads < 100 ? [{ key: 'rwmixread', value: reads, origin: from }] : []),
    { key: 'bs', value: bytes, origin: `mean size, in whole blocks of 4 KiB: ${from}` },
    ...(rate === undefined
      ? [{ key: 'iodepth', value: depthOf(depth), origin: `${law}; ${perSecond(together)} I/Os a second; ${from}` }]
      : [
          {
            key: 'rate',
            value: rate,
            origin: `${perSecond(together)} I/Os a second${group.length > 1 ? ` of ${group.length} disks` : ''}: an open loop, as one I/O in flight at any time would be more; ${law}; ${from}`,
          },
          { key: 'arrivals', value: 'poisson', origin: 'when they came cannot be seen: taken as random' },
          { key: 'iodepth', value: room, origin: 'the most of a burst cannot be seen: room for it' },
        ]),
  ];
}

export function perSecond(rate: number): string {
  return rate.toFixed(rate < 10 ? 1 : 0);
}
