import * as z from 'zod';
import { plainText } from '../../profile/settings.ts';
import { guardNeeds, raiseGuard } from '../guard.ts';
import { defineProvider } from '../provider.ts';

/**
 * A real block device or partition: device-mapper claims it for the whole run. Every write is failed beneath fio, whoever
 * sends it, unless `access` is `rw`, the load writes, and the caller named the device with its serial.
 */
export const realDevice = defineProvider({
  layer: 'media',
  name: 'device',
  roles: ['deployed'],
  about: 'a real disk or partition, read-only unless it may be destroyed',
  settings: z.strictObject({
    device: plainText('the path of a block device')
      .startsWith('/dev/', 'expected a path below /dev')
      .regex(/^[^ ]*$/, 'expected a path without blanks')
      .meta({ description: 'path of the device', values: '`/dev/disk/by-id/…`' }),
    access: z.enum(['ro', 'rw'], { error: 'expected ro or rw' }).default('ro').describe('`rw`: may be overwritten'),
  }),
  example: { device: '/dev/null' },
  configure: ({ device, access }) => ({
    needs: guardNeeds,
    medium: { kind: 'device', path: device, writable: access === 'rw' },
    lanes: 'one',
    raise: (site) => raiseGuard(site, { device, sectors: site.geometry.sectors }, site.claim),
  }),
});
