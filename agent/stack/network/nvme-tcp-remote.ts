import { z } from 'zod';
import { bytes, plainText, wholeNumber } from '../../profile/settings.ts';
import { guardNeeds, raiseGuard } from '../guard.ts';
import { defineProvider } from '../provider.ts';
import { connect } from './nvmet-target.ts';

/** NVMe/TCP to a target that exists already, reads only. Its media cannot be switched: it is part of what this layer is. */
export const nvmeTcpRemote = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-remote',
  roles: ['deployed'],
  about: 'NVMe/TCP to an existing target, with the media behind it',
  settings: z.strictObject({
    address: plainText('an IP address or host name').regex(/^[\w.:-]+$/, 'expected an IP address or host name'),
    port: wholeNumber(1, 65_535).default(4420),
    nqn: plainText('the NQN of the subsystem').regex(
      /^nqn\.[\w.:-]+$/,
      'expected an NQN, such as nqn.2014-08.org.example:disk',
    ),
    /** How much of it to use: it must offer at least this. */
    size: bytes({ min: 2 ** 24 }),
    queues: wholeNumber(1, 128).default(1),
    queueSize: wholeNumber(16, 1024).default(128),
  }),
  configure: ({ address, port, nqn, queues, queueSize }) => ({
    needs: [{ kind: 'module', name: 'nvme_tcp', forWhat: 'the NVMe/TCP initiator' }, ...guardNeeds],
    lanes: 'one',
    raise: async (site) => {
      const [lane] = await connect(site, { address, port, nqn, label: 'remote', queues, queueSize });
      return lane === undefined ? [] : raiseGuard(site, lane);
    },
  }),
});
