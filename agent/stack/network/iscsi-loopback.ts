import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { iscsiMarks, iscsiNeeds, pathModules, raiseIscsi } from './lio-target.ts';
import { raiseNamespace } from './veth-path.ts';

/** The most that the kernel's two ends take: of the target's window 512 (TA_DEFAULT_CMDSN_DEPTH_MAX), of a burst 2^24 - 1 bytes in words of 512. */
const wide = { cmdsMax: 4096, queueDepth: 4096, window: 512, firstBurst: 16_776_192, maxBurst: 16_776_192 };

/** The network stub for iSCSI: the same protocol, target and initiator joined by the loopback of one namespace, as wide as they go. */
export const iscsiLoopback = defineProvider({
  layer: 'network',
  name: 'iscsi-loopback',
  roles: ['stub'],
  about: 'iSCSI over the loopback of a network namespace, its queues and windows as wide as the kernel has them',
  marks: iscsiMarks,
  settings: z.strictObject({
    sessions: wholeNumber(1, 8)
      .default(2)
      .describe('sessions, used in turn by dm-multipath: each lets 512 commands be in flight'),
  }),
  configure: ({ sessions }) => ({
    needs: [...iscsiNeeds, ...pathModules(sessions)],
    lanes: 'one',
    raise: async (site) => {
      const netns = await raiseNamespace(site, 'lo', 'the network of both ends of the loopback path');
      // A port of this run's own: a target of the host may listen at the usual one of this address.
      const port = site.names.nvmetPort(3);
      const where = { part: 'lo', index: 1, target: netns, initiator: netns, address: '127.0.0.1', port };
      const ofBoth = { immediateData: true, initialR2T: false, targetReceives: 262_144 };
      return raiseIscsi(site, where, { sessions, ...wide, ...ofBoth, scheduler: 'none' });
    },
  }),
});
