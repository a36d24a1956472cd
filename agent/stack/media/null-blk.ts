import * as z from 'zod';
import { duration } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { nullBlkNeeds, raiseNullBlk, wideDepth, nullBlkMarks } from './null-blk-device.ts';

/** The media stub: deep and wide; with `latency`, each request takes exactly that and any number run at once. */
export const nullBlkStub = defineProvider({
  layer: 'media',
  name: 'null_blk',
  roles: ['stub'],
  about: 'null_blk, deep and wide: zero latency, or a fixed delay',
  marks: nullBlkMarks,
  settings: z.strictObject({
    latency: duration({ max: 4_000_000_000 }).default(0).describe('time that each request takes, any number at once'),
    memory: z.boolean().default(false).describe('keeps what is written, in memory'),
  }),
  configure: ({ latency, memory }) => ({
    needs: nullBlkNeeds,
    forgets: !memory,
    lanes: 'one',
    raise: (site) =>
      raiseNullBlk(site, {
        part: 'null',
        latencyNs: latency,
        depth: wideDepth,
        queues: site.cpus,
        memory,
        why: 'the media stub',
      }),
  }),
});
