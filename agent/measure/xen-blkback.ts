// Xen's block backend, all devices of the run together (drivers/block/xen-blkback/xenbus.c, statistics): requests by kind,
// sectors of 512 bytes, and how often it had no request left for what a guest's ring held (oo_req): the ring is full.

import { basename } from 'node:path';
import { mapBounded } from '../lib/map-bounded.ts';
import { backendDevices } from '../lib/xen.ts';
import { deviceNumberOfHex } from '../host/formats/device-number.ts';
import type { Scene, Source } from './source.ts';

const counters = {
  outOfRequests: 'oo_req',
  reads: 'rd_req',
  writes: 'wr_req',
  flushes: 'f_req',
  discards: 'ds_req',
  readSectors: 'rd_sect',
  writtenSectors: 'wr_sect',
};
type Counter = keyof typeof counters;
const names = Object.keys(counters) as readonly Counter[];

/** Reads each virtual block device. Counters that its kernel does not have are left out. */
type Counts = ReadonlyMap<string, Readonly<Partial<Record<Counter, number>>>>;

const readsAtOnce = 32;

export const xenBlkback: Source<Counts> = {
  read: async (scene) => {
    const { host } = scene;
    const found = (await host.list(backendDevices)).filter((name) => name.startsWith('vbd-'));
    const read = await mapBounded(found, readsAtOnce, async (device) => {
      if (!(await isOurs(scene, device))) return [];
      const counts = await Promise.all(
        names.map(async (name) => {
          const text = (await host.read(`${backendDevices}/${device}/statistics/${counters[name]}`))?.trim() ?? '';
          return /^\d+$/.test(text) ? [[name, Number(text)] as const] : [];
        }),
      );
      return counts.flat().length > 0 ? [[device, Object.fromEntries(counts.flat())] as const] : [];
    });
    return read.flat().length > 0 ? new Map(read.flat()) : undefined;
  },
  between: (from, to, elapsedMs) => {
    // A device that came or was made anew in between has no past to compare with.
    const grown = (name: Counter): readonly number[] =>
      [...to].flatMap(([device, counts]) => {
        const count = counts[name];
        return count === undefined ? [] : [Math.max(0, count - (from.get(device)?.[name] ?? count))];
      });
    const rates = names.flatMap((name) => {
      const each = grown(name);
      return each.length > 0
        ? [[`${name}PerSecond`, (each.reduce((a, b) => a + b, 0) * 1000) / elapsedMs] as const]
        : [];
    });
    return Object.fromEntries(rates);
  },
};

/** A ring of the run stands on a device-mapper device of the run, which bears its name; the disk that domains run fio from does not. */
async function isOurs({ host, cgroup }: Scene, device: string): Promise<boolean> {
  const number = deviceNumberOfHex(await host.read(`${backendDevices}/${device}/physical_device`));
  if (number === undefined) return false;
  const name = await host.read(`/sys/dev/block/${number}/dm/name`);
  return name?.startsWith(`${basename(cgroup)}-`) ?? false;
}
