import * as z from 'zod';
import { sectorBytes } from '../../lib/units.ts';
import { defineProvider } from '../provider.ts';

/** A RAM disk: keeps data, no queue at all. Its settings are fixed when the module is loaded (drivers/block/brd.c). */
export const brdStub = defineProvider({
  layer: 'media',
  name: 'brd',
  roles: ['stub'],
  about: 'brd, a RAM disk that keeps what is written',
  settings: z.strictObject({}),
  configure: () => ({
    needs: [
      { kind: 'module', name: 'brd', forWhat: 'the RAM disk stub' },
      { kind: 'module-absent', name: 'brd', forWhat: 'the media stub' },
    ],
    lanes: 'one',
    raise: async ({ host, geometry }) => {
      const sizeKib = Math.ceil((geometry.sectors * sectorBytes) / 1024);
      await host.apply({
        kind: 'module',
        name: 'brd',
        params: { rd_nr: '1', rd_size: `${sizeKib}` },
        why: 'the media stub',
      });
      return [{ device: await host.find({ path: '/dev/ram0' }), sectors: geometry.sectors }];
    },
  }),
});
