import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { keepOthersAwayFrom } from '../keep-away.ts';
import { defineProvider, type Lane } from '../provider.ts';

/**
 * A loop device for each guest: queue, worker, backend, as a ring has them (drivers/block/loop.c). Buffered, its worker does one
 * I/O after the other, whatever its depth: loop_process_work waits for each.
 */
export const loopRing = defineProvider({
  layer: 'ring',
  name: 'loop',
  roles: ['deployed'],
  about: 'a loop device for each guest, with direct I/O or buffered',
  knobs: { depth: 'blk.nrreq' },
  settings: z.strictObject({
    directIo: z.boolean().default(true).describe('past the page cache of the host; else one I/O after the other'),
    depth: wholeNumber(4, 128).optional().describe("requests in flight for each guest; else the driver's 128"),
  }),
  configure: ({ depth, directIo }) => ({
    needs: [
      { kind: 'module', name: 'loop', forWhat: 'loop devices' },
      { kind: 'tool', name: 'losetup', debianPackage: 'util-linux' },
    ],
    lanes: 'per-guest',
    ...(directIo ? {} : { apart: bufferedApart }),
    raise: async ({ host, names, under }) => {
      await host.apply({ kind: 'module', name: 'loop', why: 'loop devices' });
      const devices: Lane[] = [];
      const free = await freeLoops(host, under.length);
      await keepOthersAwayFrom(host, names, { part: 'loops', kernelNames: free.map((index) => `loop${index}`) });
      for (const [i, lane] of under.entries()) {
        const index = free[i] ?? 0;
        const why = `the loop device of guest ${i + 1}`;
        await host.apply({ kind: 'loop', index, path: lane.device, ...(directIo ? {} : { buffered: true }), why });
        const device = await host.find({ path: `/dev/loop${index}` });
        if (depth !== undefined) {
          const path = `/sys/block/loop${index}/queue/nr_requests`;
          await host.apply({ kind: 'write', path, value: `${depth}`, restore: 'prior', why });
        }
        devices.push({ device, sectors: lane.sectors, ...(directIo ? {} : { cachedIn: lane.device }) });
      }
      return devices;
    },
  }),
});

const bufferedApart = {
  why: 'a buffered loop device reads and writes the page cache of the host, and the way past it does not',
  refuses: 'verify',
  instead: 'set `directIo: true`, `stub: none` for the ring, or leave out `verify`',
} as const;

/** The lowest numbers that the host does not use. */
async function freeLoops(host: Pick<Host, 'list'>, count: number): Promise<readonly number[]> {
  const free: number[] = [];
  for (let index = 0; free.length < count; index++)
    if ((await host.list(`/sys/block/loop${index}/loop`)).length === 0) free.push(index);
  return free;
}
