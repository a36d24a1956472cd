import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { nvmePort } from '../names.ts';
import { defineProvider } from '../provider.ts';
import { connect, nvmeNeeds, raiseTarget, nvmetMarks } from './nvmet-target.ts';
import { raiseNamespace } from './veth-path.ts';

const address = '127.0.0.1';

/** The network stub: the same protocol, target and initiator joined by the loopback of one namespace. */
export const nvmeTcpLoopback = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-loopback',
  roles: ['stub'],
  about: 'NVMe/TCP over the loopback of a network namespace',
  marks: nvmetMarks,
  settings: z.strictObject({
    queues: wholeNumber(1, 128).optional().describe('I/O queues of the initiator; else one for each CPU'),
    queueSize: wholeNumber(16, 1024).default(1024).describe('entries of each queue'),
  }),
  configure: ({ queues, queueSize }) => ({
    needs: nvmeNeeds,
    lanes: 'one',
    raise: async (site) => {
      const netns = await raiseNamespace(site, 'lo', 'the network of both ends of the loopback path');
      await raiseTarget(site, { part: 'lo', index: 1, netns, address });
      // A queue for each CPU, and long ones: the stub must not be the narrower path.
      const size = { queues: queues ?? Math.min(site.cpus, 128), queueSize };
      const nqn = site.names.nqn('lo');
      return connect(site, { part: 'lo', address, port: nvmePort, nqn, netns, label: 'loopback', ...size });
    },
  }),
});
