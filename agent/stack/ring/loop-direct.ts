import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { defineProvider, type Lane } from '../provider.ts';

/** A loop device with direct I/O for each guest: queue, worker, backend, as a ring has them (drivers/block/loop.c). */
export const loopDirect = defineProvider({
  layer: 'ring',
  name: 'loop',
  roles: ['deployed'],
  about: 'a loop device with direct I/O for each guest',
  settings: z.strictObject({
    depth: wholeNumber(4, 128).optional().describe("requests in flight for each guest; else the driver's 128"),
  }),
  configure: ({ depth }) => ({
    needs: [
      { kind: 'module', name: 'loop', forWhat: 'loop devices' },
      { kind: 'tool', name: 'losetup', debianPackage: 'util-linux' },
    ],
    lanes: 'per-guest',
    raise: async ({ host, under }) => {
      await host.apply({ kind: 'module', name: 'loop', why: 'loop devices' });
      const devices: Lane[] = [];
      for (const [i, lane] of under.entries()) {
        const index = await freeLoop(host, devices);
        const why = `the loop device of guest ${i + 1}`;
        await host.apply({ kind: 'loop', index, path: lane.device, why });
        const device = await host.find({ kind: 'node', path: `/dev/loop${index}` });
        if (depth !== undefined) {
          const path = `/sys/block/loop${index}/queue/nr_requests`;
          await host.apply({ kind: 'write', path, value: `${depth}`, restore: 'prior', why });
        }
        devices.push({ device, sectors: lane.sectors });
      }
      return devices;
    },
  }),
});

/** The lowest number that neither the host nor this raise uses. */
async function freeLoop(
  host: { list: (path: string) => Promise<readonly string[]> },
  ours: readonly Lane[],
): Promise<number> {
  for (let index = 0; ; index++) {
    const attached = (await host.list(`/sys/block/loop${index}/loop`)).length > 0;
    if (!attached && !ours.some(({ device }) => device === `/dev/loop${index}`)) return index;
  }
}
