import * as z from 'zod';
import { bytes, wholeNumber } from '../../profile/settings.ts';
import { nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider } from '../provider.ts';
import { counted, multipleOf, scope, sectorsOf, wholeMebibytes } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

const kibibyte32 = 2 ** 15;
const mebibyte = 2 ** 20;
/** A mapping and a hint (dm-cache-metadata.c), with room. */
const bytesPerBlock = 64;
const leastMetadataBytes = 4 * mebibyte;

/** A cache in memory before the lane below, as LVM and its `--type cache` set one up (Documentation: cache). */
export const cacheTree = defineProvider({
  layer: 'blockstack',
  name: 'cache',
  roles: ['deployed'],
  about: 'dm-cache: a fast device in memory before the lane below',
  marks: nullBlkMarks,
  settings: z.strictObject({
    scope,
    size: bytes({ min: mebibyte, max: 2 ** 36 })
      .prefault('64MiB')
      .describe('of the fast device; takes memory as it fills'),
    blockSize: multipleOf(kibibyte32, { min: kibibyte32, max: 2 ** 30 })
      .prefault('64KiB')
      .describe('what is moved at once'),
    mode: z
      .enum(['writethrough', 'writeback', 'passthrough'], { error: 'expected writethrough, writeback or passthrough' })
      .default('writethrough')
      .describe('when writes reach the lane below'),
    policy: z.enum(['smq', 'cleaner'], { error: 'expected smq or cleaner' }).default('smq').describe('what is kept'),
    migrationThreshold: wholeNumber(0, 2 ** 30)
      .default(2048)
      .describe('sectors that may be on their way between the two at once'),
  }),
  configure: ({ scope: own, size, blockSize, mode, policy, migrationThreshold }) =>
    configuredTree(({ sectors }) => {
      const table = [
        `0 ${sectors} cache {meta} {fast} {below} ${sectorsOf(blockSize)} 1 ${mode}`,
        `${policy}${counted(['migration_threshold', migrationThreshold])}`,
      ].join(' ');
      const metadata = wholeMebibytes(Math.max(leastMetadataBytes, (size / blockSize) * bytesPerBlock));
      return {
        scope: own,
        side: [
          { name: 'meta', sectors: metadata, what: 'metadata of the cache' },
          { name: 'fast', sectors: wholeMebibytes(size), what: 'the fast device of the cache' },
        ],
        devices: [{ name: 'cache', table }],
        volumes: [],
        notes: [],
      };
    }),
});
