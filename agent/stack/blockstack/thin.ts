import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider } from '../provider.ts';
import { counted, multipleOf, sectorsOf, wholeMebibytes } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

const kibibyte64 = 2 ** 16;
/** A mapping takes 16 bytes in a B-tree, whose nodes may be half full (persistent-data/dm-btree.c); the rest is room. */
const bytesPerBlock = 64;
const leastMetadataBytes = 4 * 2 ** 20;

/**
 * A thin volume for each guest, of one pool or of a pool each, as LVM makes them (Documentation: thin-provisioning). Its metadata
 * are in memory, so that they outlive what the media below do not keep.
 */
export const thinTree = defineProvider({
  layer: 'blockstack',
  name: 'thin',
  roles: ['deployed'],
  about: 'a thin volume for each guest, of a pool that all share or of one each',
  marks: nullBlkMarks,
  settings: z.strictObject({
    pool: z
      .enum(['shared', 'guest'], { error: 'expected shared or guest' })
      .default('shared')
      .describe('one pool for all guests, or a pool for each'),
    blockSize: multipleOf(kibibyte64, { min: kibibyte64, max: 2 ** 30 })
      .prefault('64KiB')
      .describe('what a volume is given at once; the chunk of LVM'),
    skipBlockZeroing: z.boolean().default(false).describe('new blocks are not zeroed; LVM: `--zero n`'),
    discardPassdown: z.boolean().default(true).describe('discards reach the media'),
    fill: wholeNumber(0, 100)
      .default(100)
      .describe('of each volume, per cent: what has no block yet is read without media'),
  }),
  configure: ({ pool, blockSize, skipBlockZeroing, discardPassdown, fill }) =>
    configuredTree(({ sectors, slice }) => {
      const block = sectorsOf(blockSize);
      const data = Math.floor(sectors / block) * block;
      const volume = Math.floor(slice / block) * block;
      const features = [
        ...(skipBlockZeroing ? ['skip_block_zeroing'] : []),
        ...(discardPassdown ? [] : ['no_discard_passdown']),
      ];
      const metadata = wholeMebibytes(Math.max(leastMetadataBytes, (data / block) * bytesPerBlock));
      const poolDevice = {
        name: 'pool',
        table: `0 ${data} thin-pool {meta} {below} ${block} 0${counted(features)}`,
        messages: ['create_thin {guest}'],
      };
      const thin = { name: 'thin', table: `0 ${volume} thin {pool} {guest}` };
      return {
        scope: pool,
        side: [{ name: 'meta', sectors: metadata, what: 'metadata of the pool' }],
        ...(pool === 'shared'
          ? { devices: [poolDevice], volumes: [thin] }
          : { devices: [poolDevice, thin], volumes: [] }),
        ...(fill > 0 ? { fill: { percent: fill } } : {}),
        notes: [],
      };
    }),
});
