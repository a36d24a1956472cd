// How often Xen's block backend had no request left for what a guest's ring held (drivers/block/xen-blkback/blkback.c,
// st_oo_req): the ring, or its pool of requests, is full.

import type { Source } from './source.ts';

/** The counter of each virtual block device. */
type Counts = ReadonlyMap<string, number>;

const devices = '/sys/bus/xen-backend/devices';

export const xenBlkback: Source<Counts> = {
  read: async ({ host }) => {
    const names = (await host.list(devices)).filter((name) => name.startsWith('vbd-'));
    const read = await Promise.all(
      names.map(async (name) => {
        const text = (await host.read(`${devices}/${name}/statistics/oo_req`))?.trim() ?? '';
        return /^\d+$/.test(text) ? [[name, Number(text)] as const] : [];
      }),
    );
    return read.flat().length > 0 ? new Map(read.flat()) : undefined;
  },
  between: (from, to, elapsedMs) => {
    // A device that came or was made anew in between has no past to compare with.
    const grown = [...to].map(([name, count]) => Math.max(0, count - (from.get(name) ?? count)));
    return { outOfRequestsPerSecond: (grown.reduce((a, b) => a + b, 0) * 1000) / elapsedMs };
  },
};
