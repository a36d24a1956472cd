import { z } from 'zod';
import { readOnlyTable } from '../../host/dm-table.ts';
import { plainText } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';

/**
 * A real block device or partition. Reads only: device-mapper claims it for the whole run and fails every write
 * beneath fio, whoever sends it.
 */
export const realDevice = defineProvider({
  layer: 'media',
  name: 'device',
  roles: ['deployed'],
  about: 'a real disk or partition, read-only',
  settings: z.strictObject({
    device: plainText('the path of a block device').startsWith('/dev/', 'expected a path below /dev'),
  }),
  configure: ({ device }) => ({
    needs: [{ kind: 'module', name: 'dm_flakey', forWhat: 'keeping writes off the real device' }],
    lanes: 'one',
    raise: async ({ host, names, geometry }) => {
      await host.apply({ kind: 'module', name: 'dm_flakey', why: 'fails writes to the real device in the kernel' });
      const node = await host.apply({
        kind: 'dm-create',
        ...names.dm('guard'),
        table: readOnlyTable(device, geometry.sectors),
        readOnly: true,
        why: `claims ${device} for the run and lets only reads through`,
      });
      return [{ device: node, sectors: geometry.sectors }];
    },
  }),
});
