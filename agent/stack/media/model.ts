import * as z from 'zod';
import { bytes, duration, wholeNumber } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { nullBlkNeeds, raiseNullBlk, nullBlkMarks } from './null-blk-device.ts';

/** A model of a disk: each request takes `latency`, at most `depth` are in flight in the whole device. */
export const modelDisk = defineProvider({
  layer: 'media',
  name: 'model',
  roles: ['deployed'],
  about: 'a model disk: null_blk in timer mode with a latency and a depth',
  knobs: { depth: 'null.qd' },
  marks: nullBlkMarks,
  settings: z.strictObject({
    latency: duration({ min: 1_000, max: 4_000_000_000 }).default(100_000).describe('time that each request takes'),
    depth: wholeNumber(1, 10_240).default(1024).describe('requests in flight in the whole device'),
    size: bytes({ min: 2 ** 24, max: 2 ** 50 })
      .default(2 ** 31)
      .describe('takes no memory unless `memory` is set'),
    blockSize: z
      .union([z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)])
      .default(512)
      .describe('logical block size, bytes'),
    writeBackThrottle: duration({ min: 1_000, max: 10_000_000_000 })
      .optional()
      .describe('read latency that the kernel throttles write-back by (wbt)'),
    memory: z.boolean().default(false).describe('keeps what is written, in memory; else reads give zeros'),
  }),
  configure: ({ latency, depth, size, blockSize, memory, writeBackThrottle }) => ({
    needs: nullBlkNeeds,
    medium: { kind: 'measures', bytes: size, blockBytes: blockSize },
    forgets: !memory,
    lanes: 'one',
    raise: (site) =>
      raiseNullBlk(site, {
        part: 'disk',
        latencyNs: latency,
        depth,
        queues: 1,
        memory,
        ...(writeBackThrottle === undefined ? {} : { throttleNs: writeBackThrottle }),
        why: 'the model disk',
      }),
  }),
});
