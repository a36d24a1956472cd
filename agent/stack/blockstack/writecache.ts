import * as z from 'zod';
import { bytes, wholeNumber } from '../../profile/settings.ts';
import { nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider } from '../provider.ts';
import { counted, powerOfTwo, scope, wholeMebibytes } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

const mebibyte = 2 ** 20;

/** A cache of writes in memory before the lane below, in its form for SSDs (Documentation: writecache). */
export const writecacheTree = defineProvider({
  layer: 'blockstack',
  name: 'writecache',
  roles: ['deployed'],
  about: 'dm-writecache: writes go to a fast device in memory, and from there to the lane below',
  marks: nullBlkMarks,
  settings: z
    .strictObject({
      scope,
      size: bytes({ min: 4 * mebibyte, max: 2 ** 36 })
        .prefault('64MiB')
        .describe('of the fast device; takes memory as it fills'),
      blockSize: powerOfTwo({ min: 512, max: 4096 }).prefault('4KiB').describe('unit of the cache'),
      highWatermark: wholeNumber(1, 100).default(50).describe('writing back begins above it, per cent'),
      lowWatermark: wholeNumber(0, 99).default(45).describe('writing back ends below it, per cent'),
      writebackJobs: wholeNumber(1, 4096).optional().describe('blocks written back at once; else without a limit'),
      autocommitBlocks: wholeNumber(1, 2 ** 20)
        .optional()
        .describe("blocks after which it commits; else the driver's"),
    })
    .refine((s) => s.lowWatermark < s.highWatermark, {
      path: ['lowWatermark'],
      error: 'expected a low watermark beneath the high one',
    }),
  configure: (settings) =>
    configuredTree(({ sectors }) => {
      const { writebackJobs, autocommitBlocks } = settings;
      const options = [
        ...['high_watermark', settings.highWatermark, 'low_watermark', settings.lowWatermark],
        ...(writebackJobs === undefined ? [] : ['writeback_jobs', writebackJobs]),
        ...(autocommitBlocks === undefined ? [] : ['autocommit_blocks', autocommitBlocks]),
      ];
      return {
        scope: settings.scope,
        side: [{ name: 'fast', sectors: wholeMebibytes(settings.size), what: 'the fast device of the cache' }],
        devices: [
          {
            name: 'wcache',
            table: `0 ${sectors} writecache s {below} {fast} ${settings.blockSize}${counted(options)}`,
          },
        ],
        volumes: [],
        notes: [],
        ...(settings.blockSize > 512 ? { blockBytes: settings.blockSize } : {}),
      };
    }),
});
