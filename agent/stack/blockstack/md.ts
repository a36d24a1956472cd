import * as z from 'zod';
import type { StackNote } from '../../lib/stack-note.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider } from '../provider.ts';
import { legsOf } from './legs.ts';
import { powerOfTwo, scope, sectorsOf } from './shared-settings.ts';
import { configuredTree, type TreeDevice } from './tree.ts';

const metadataSectors = 4 * 2048;

/**
 * `superblocks`: dm-raid keeps them and a bitmap together, or neither. It takes raid10 for another layout without them, and brings
 * a raid6 with them into step at first, as no `nosync` is allowed there (drivers/md/dm-raid.c: rs_set_cur, RAID6_VALID_FLAGS).
 */
const levels = {
  raid0: { type: 'raid0', least: 2, spare: 0, superblocks: 'never' },
  raid1: { type: 'raid1', least: 2, spare: 1, superblocks: 'either' },
  raid5: { type: 'raid5_ls', least: 3, spare: 1, superblocks: 'either' },
  raid6: { type: 'raid6_zr', least: 4, spare: 2, superblocks: 'never' },
  raid10: { type: 'raid10', least: 2, spare: 1, superblocks: 'always' },
} as const;
type Level = keyof typeof levels;
const levelNames = Object.keys(levels) as [Level, ...Level[]];

/**
 * RAID by md's own code, set up through device-mapper (Documentation: dm-raid), as LVM does it: it comes and goes in one step, and
 * no rule of udev takes its legs for an array of the host. Superblock and bitmap are in memory.
 */
export const mdTree = defineProvider({
  layer: 'blockstack',
  name: 'md',
  roles: ['deployed'],
  about: "RAID by md's own code, through dm-raid, over legs that are parts of the lane below",
  marks: nullBlkMarks,
  settings: z
    .strictObject({
      scope,
      level: z
        .enum(levelNames, { error: `expected one of ${levelNames.join(', ')}` })
        .default('raid1')
        .describe('its level'),
      legs: wholeNumber(2, 16).optional().describe('how many legs; else the fewest that the level takes'),
      chunk: powerOfTwo({ min: 4096, max: 2 ** 24 })
        .prefault('512KiB')
        .describe('what one leg takes before the next; not for raid1'),
      bitmap: z
        .boolean()
        .default(true)
        .describe('a write-intent bitmap; not for raid0 and raid6, nor where a leg is missing'),
      bitmapRegion: powerOfTwo({ min: 4096, max: 2 ** 30 })
        .prefault('64MiB')
        .describe('what one bit stands for'),
      stripeCache: powerOfTwo({ min: 2 ** 17, max: 2 ** 27 })
        .optional()
        .describe("raid5 and raid6: memory for each leg; else the driver's 1 MiB"),
      prepare: z
        .enum(['degrade'], { error: 'expected degrade' })
        .optional()
        .describe('`degrade`: the array starts without its last leg'),
    })
    .superRefine((s, context) => {
      for (const { path, message } of mistakesIn(s)) context.addIssue({ code: 'custom', path: [path], message });
    }),
  configure: (settings) =>
    configuredTree(({ sectors }) => {
      const { level } = settings;
      const { superblocks } = levels[level];
      const count = settings.legs ?? levels[level].least;
      const chunk = sectorsOf(settings.chunk);
      const isMirror = level === 'raid1';
      const { length, offsets } = legsOf(sectors, count, isMirror ? 1 : chunk);
      const missing = settings.prepare === 'degrade' ? 1 : 0;
      // With new superblocks dm-raid wants every leg (super_init_validation).
      const hasBitmap = superblocks === 'always' || (superblocks === 'either' && settings.bitmap && missing === 0);
      const total = lengthOf(level, count, length);
      const present = count - missing;
      const legs: readonly TreeDevice[] = offsets
        .slice(0, present)
        .map((offset, i) => ({ name: `leg${i}`, table: `0 ${length} linear {below} ${offset}` }));
      const options = [
        isMirror ? 0 : chunk,
        ...(superblocks === 'never' ? [] : ['nosync']),
        ...(hasBitmap ? ['region_size', regionOf(sectorsOf(settings.bitmapRegion), total, chunk)] : []),
        ...(settings.stripeCache === undefined ? [] : ['stripe_cache', sectorsOf(settings.stripeCache)]),
      ];
      const words = Array.from({ length: count }, (_, i) =>
        i < present ? `${hasBitmap ? `{meta${i}}` : '-'} {leg${i}}` : '- -',
      );
      const degraded: readonly StackNote[] =
        missing > 0 ? [{ kind: 'degraded', device: 'md', missing, legs: count }] : [];
      return {
        scope: settings.scope,
        side: hasBitmap
          ? legs.map((_, i) => ({
              name: `meta${i}`,
              sectors: metadataSectors,
              what: `superblock and bitmap of leg ${i}`,
            }))
          : [],
        devices: [
          ...legs,
          {
            name: 'md',
            table: `0 ${total} raid ${levels[level].type} ${options.length} ${options.join(' ')} ${count} ${words.join(' ')}`,
          },
        ],
        volumes: [],
        notes: [{ kind: 'one-medium', device: 'md', parts: count, what: 'legs' }, ...degraded],
      };
    }),
});

/** No longer than the array, and no shorter than a chunk (validate_region_size). */
function regionOf(wanted: number, total: number, chunk: number): number {
  const most = 2 ** Math.floor(Math.log2(Math.max(total, 1)));
  return Math.max(Math.min(wanted, most), chunk);
}

function lengthOf(level: Level, count: number, leg: number): number {
  switch (level) {
    case 'raid0':
      return leg * count;
    case 'raid1':
      return leg;
    case 'raid5':
    case 'raid6':
      return leg * (count - levels[level].spare);
    case 'raid10':
      return (leg * count) / 2;
  }
}

interface Written {
  readonly level: Level;
  readonly legs?: number | undefined;
  readonly stripeCache?: number | undefined;
  readonly prepare?: 'degrade' | undefined;
  readonly bitmap: boolean;
}

function mistakesIn({
  level,
  legs,
  stripeCache,
  prepare,
  bitmap,
}: Written): readonly { path: string; message: string }[] {
  const { least, spare, superblocks } = levels[level];
  const isParity = level === 'raid5' || level === 'raid6';
  return [
    ...(legs !== undefined && legs < least
      ? [{ path: 'legs', message: `${level} takes at least ${least} legs, not ${legs}` }]
      : []),
    ...(level === 'raid10' && legs !== undefined && legs % 2 !== 0
      ? [{ path: 'legs', message: `expected an even number of legs for raid10, not ${legs}` }]
      : []),
    ...(stripeCache !== undefined && !isParity
      ? [{ path: 'stripeCache', message: `${level} has no stripe cache: leave it out` }]
      : []),
    ...(prepare === 'degrade' && spare === 0
      ? [{ path: 'prepare', message: `${level} cannot do without a leg: leave it out` }]
      : []),
    ...(prepare === 'degrade' && superblocks === 'always'
      ? [
          {
            path: 'prepare',
            message: `${level} starts with superblocks alone here, and those want every leg: leave it out, or take another level`,
          },
        ]
      : []),
    ...(!bitmap && superblocks === 'always'
      ? [{ path: 'bitmap', message: `${level} starts with superblocks alone here, which bring a bitmap: leave it out` }]
      : []),
  ];
}
