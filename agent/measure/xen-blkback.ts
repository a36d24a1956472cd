// Xen's block backend, all its devices together (drivers/block/xen-blkback/xenbus.c, statistics): requests by kind, and how
// often it had none left for what a guest's ring held (oo_req): the ring, or its pool of requests, is full.

import type { Source } from './source.ts';

const counters = { outOfRequests: 'oo_req', reads: 'rd_req', writes: 'wr_req', flushes: 'f_req', discards: 'ds_req' };
type Counter = keyof typeof counters;
const names = Object.keys(counters) as readonly Counter[];

/** Of each virtual block device; what its kernel does not count is left out. */
type Counts = ReadonlyMap<string, Readonly<Partial<Record<Counter, number>>>>;

const devices = '/sys/bus/xen-backend/devices';

export const xenBlkback: Source<Counts> = {
  read: async ({ host }) => {
    const found = (await host.list(devices)).filter((name) => name.startsWith('vbd-'));
    const read = await Promise.all(
      found.map(async (device) => {
        const counts = await Promise.all(
          names.map(async (name) => {
            const text = (await host.read(`${devices}/${device}/statistics/${counters[name]}`))?.trim() ?? '';
            return /^\d+$/.test(text) ? [[name, Number(text)] as const] : [];
          }),
        );
        return counts.flat().length > 0 ? [[device, Object.fromEntries(counts.flat())] as const] : [];
      }),
    );
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
