import * as z from 'zod';
import { plainText } from '../../profile/settings.ts';
import { guardNeeds, raiseGuard } from '../guard.ts';
import { defineProvider } from '../provider.ts';

/**
 * A block device of this host whose media are elsewhere: of a SAN, rbd, NBD, DRBD, iSCSI, as the host has set it up. Reads
 * only, beneath the guard that a disk of the host has. Its media cannot be switched: they are part of what this layer is.
 */
export const remoteDevice = defineProvider({
  layer: 'network',
  name: 'remote',
  roles: ['deployed'],
  about: 'a block device of this host with its network and the media behind it',
  settings: z.strictObject({
    device: plainText('the path of a block device')
      .startsWith('/dev/', 'expected a path below /dev')
      .regex(/^[^ ]*$/, 'expected a path without blanks')
      .meta({ description: 'path of the device, which is only read', values: '`/dev/rbd0`, `/dev/disk/by-id/…`' }),
  }),
  covers: ['media'],
  reads: 'only',
  example: { device: '/dev/null' },
  configure: ({ device }) => ({
    needs: guardNeeds,
    medium: { kind: 'device', path: device, writable: false },
    lanes: 'one',
    raise: (site) => raiseGuard(site, { device, sectors: site.geometry.sectors }, site.claim),
  }),
});
