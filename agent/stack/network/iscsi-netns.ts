import * as z from 'zod';
import { bytes, wholeNumber } from '../../profile/settings.ts';
import { iscsiPort, pathAddresses } from '../names.ts';
import { defineProvider } from '../provider.ts';
import { iscsiLoopback } from './iscsi-loopback.ts';
import { iscsiMarks, iscsiNeeds, pathModules, raiseIscsi } from './lio-target.ts';
import { isShape, raisePath, shapeSettings, vethMarks, vethNeeds } from './veth-path.ts';

const kib = 1024;
const burst = { min: 512, max: 16_776_192 };

/** iSCSI between two namespaces of our own, across a veth pair that can be shaped; as open-iscsi and LIO are when nobody has tuned them. */
export const iscsiNetns = defineProvider({
  layer: 'network',
  name: 'iscsi-netns',
  roles: ['deployed'],
  stub: iscsiLoopback.name,
  about: 'iSCSI to a target (LIO) in a network namespace over veth, shaped by netem',
  marks: [...iscsiMarks, ...vethMarks],
  settings: z
    .strictObject({
      ...shapeSettings,
      queueDepth: wholeNumber(1, 4096)
        .default(32)
        .describe('commands in flight for the disk (node.session.queue_depth), within `cmdsMax`'),
      cmdsMax: wholeNumber(16, 4096)
        .refine((count) => Number.isInteger(Math.log2(count)), 'expected a power of two from 16 to 4096')
        .default(128)
        .meta({
          description: 'commands of a session (node.session.cmds_max); the kernel keeps 15 of them',
          values: 'a power of two, 16 to 4096',
        }),
      sessions: wholeNumber(1, 8)
        .default(1)
        .describe('sessions to the target (node.session.nr_sessions), used in turn by dm-multipath'),
      defaultCmdsnDepth: wholeNumber(1, 512)
        .default(64)
        .describe('commands that the target lets a session have in flight (default_cmdsn_depth)'),
      immediateData: z.boolean().default(true).describe('data of a write comes with its command (ImmediateData)'),
      initialR2T: z
        .boolean()
        .default(true)
        .describe('further data of a write waits until the target asks for it (InitialR2T)'),
      firstBurst: bytes(burst)
        .default(64 * kib)
        .describe('data of a write that is sent unasked (FirstBurstLength)'),
      maxBurst: bytes(burst)
        .default(256 * kib)
        .describe('data that is asked for at once (MaxBurstLength)'),
      maxSectors: bytes({ min: 4 * kib, max: 16 * 1024 * kib })
        .refine((size) => size % kib === 0, 'expected whole KiB')
        .optional()
        .describe("the largest I/O that the disk is sent (its queue's max_sectors_kb)"),
    })
    .refine(...isShape)
    .refine((s) => s.firstBurst <= s.maxBurst, {
      path: ['firstBurst'],
      error: 'expected a firstBurst no larger than maxBurst',
    }),
  configure: ({ queueDepth, cmdsMax, sessions, defaultCmdsnDepth, ...rest }) => {
    const { immediateData, initialR2T, firstBurst, maxBurst, maxSectors, ...shape } = rest;
    return {
      needs: [...iscsiNeeds, ...vethNeeds(shape), ...pathModules(sessions)],
      lanes: 'one',
      raise: async (site) => {
        const ends = await raisePath(site, shape);
        const where = { part: 'net', index: 0, ...ends, address: pathAddresses.target, port: iscsiPort };
        const window = defaultCmdsnDepth;
        const ofBoth = { immediateData, initialR2T, firstBurst, maxBurst, targetReceives: 8 * kib };
        return raiseIscsi(site, where, { sessions, cmdsMax, queueDepth, window, maxSectors, ...ofBoth });
      },
    };
  },
});
