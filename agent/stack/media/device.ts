import { z } from 'zod';
import { plainText } from '../../profile/settings.ts';
import { guardNeeds, raiseGuard } from '../guard.ts';
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
    device: plainText('the path of a block device')
      .startsWith('/dev/', 'expected a path below /dev')
      .regex(/^[^ ]*$/, 'expected a path without blanks'),
  }),
  configure: ({ device }) => ({
    needs: guardNeeds,
    lanes: 'one',
    raise: (site) => raiseGuard(site, { device, sectors: site.geometry.sectors }),
  }),
});
