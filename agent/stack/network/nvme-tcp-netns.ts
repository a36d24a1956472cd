import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { nvmePort, pathAddresses } from '../names.ts';
import { defineProvider } from '../provider.ts';
import { connect, nvmeNeeds, raiseTarget, nvmetMarks } from './nvmet-target.ts';
import { isShape, raisePath, shapeSettings, vethMarks, vethNeeds } from './veth-path.ts';

const queueSettings = {
  queues: wholeNumber(1, 128).default(1).describe('I/O queues of the initiator'),
  queueSize: wholeNumber(16, 1024).default(128).describe('entries of each queue'),
};

/** NVMe/TCP between two namespaces of our own, across a veth pair that can be shaped. */
export const nvmeTcpNetns = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-netns',
  roles: ['deployed'],
  about: 'NVMe/TCP to a target in a network namespace over veth, shaped by netem',
  knobs: { queueSize: 'nvmf.qsz' },
  marks: [...nvmetMarks, ...vethMarks],
  settings: z.strictObject({ ...shapeSettings, ...queueSettings }).refine(...isShape),
  configure: ({ queues, queueSize, ...shape }) => ({
    needs: [...nvmeNeeds, ...vethNeeds(shape)],
    lanes: 'one',
    raise: async (site) => {
      const ends = await raisePath(site, shape);
      const address = pathAddresses.target;
      await raiseTarget(site, { part: 'net', index: 0, netns: ends.target, address });
      const [nqn, netns] = [site.names.nqn('net'), ends.initiator];
      return connect(site, { part: 'net', address, port: nvmePort, nqn, netns, label: 'veth', queues, queueSize });
    },
  }),
});
