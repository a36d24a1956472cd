// RAID of md, by itself or through dm-raid, as the provider `md` with the array's parameters.

import { writeBytes } from '../../lib/units.ts';
import type { Device } from '../document.ts';
import { bytesOf, from, isChunk, isLegs, isPowerOfTwo, type Named, wordsOf } from './single.ts';
import { type Line, origin, value, whole } from './values.ts';

const leastLegs: Readonly<Record<string, number>> = { raid0: 2, raid1: 2, raid5: 3, raid6: 4, raid10: 2 };

interface Array {
  readonly level: string;
  readonly legs: number;
  readonly chunkBytes: number;
  readonly from: string;
  readonly isDegraded: boolean;
  readonly stripeCacheBytes?: number | undefined;
  /** Undefined: not seen. 0: it has none. */
  readonly bitmapRegionBytes?: number | undefined;
}

function arrayOf(
  { level, legs, chunkBytes, from, isDegraded, stripeCacheBytes, bitmapRegionBytes: region }: Array,
  scope: Line,
): Named | undefined {
  const least = leastLegs[level];
  if (least === undefined || !isLegs(legs, least) || (level === 'raid10' && legs % 2 !== 0)) return undefined;
  if (level !== 'raid1' && !isChunk(chunkBytes)) return undefined;
  const canDegrade = level !== 'raid0' && level !== 'raid10';
  const isParity = level === 'raid5' || level === 'raid6';
  const stripes = stripeCacheBytes ?? 0;
  const canChoose = level === 'raid1' || level === 'raid5';
  const hasRegion = region !== undefined && isPowerOfTwo(region) && region >= 4096 && region <= 2 ** 30;
  return {
    provider: 'md',
    lines: [
      scope,
      { key: 'level', value: level, origin: from },
      { key: 'legs', value: legs, origin: from },
      ...(level === 'raid1' ? [] : [{ key: 'chunk', value: writeBytes(chunkBytes), origin: from }]),
      ...(isParity && isPowerOfTwo(stripes) && stripes >= 2 ** 17 && stripes <= 2 ** 27
        ? [{ key: 'stripeCache', value: writeBytes(stripes), origin: from }]
        : []),
      ...(region === 0 && canChoose && !isDegraded ? [{ key: 'bitmap', value: 'false', origin: from }] : []),
      ...(hasRegion && (canChoose || level === 'raid10')
        ? [{ key: 'bitmapRegion', value: writeBytes(region), origin: from }]
        : []),
      ...(isDegraded && canDegrade ? [{ key: 'prepare', value: 'degrade', origin: `${from}: a leg is missing` }] : []),
    ],
    open: [
      `all legs are parts of one medium; ${region === undefined ? 'bitmap, ' : ''}layout and reshaping`,
      ...(isDegraded && !canDegrade ? ['the missing leg'] : []),
    ],
  };
}

/** By sysfs; `stripe_cache_size` counts pages of each leg (Documentation/admin-guide/md.rst). */
export function md(device: Device, scope: Line): Named | undefined {
  const pages = whole(value(device, 'stripe_cache_size'));
  return arrayOf(
    {
      level: device.kind.replace(/^md /, ''),
      legs: whole(value(device, 'raid_disks')) ?? 0,
      chunkBytes: whole(value(device, 'chunk_size')) ?? 0,
      from: origin(device, 'raid_disks') || `/sys/block/${device.id}/md`,
      isDegraded: (whole(value(device, 'degraded')) ?? 0) > 0,
      stripeCacheBytes: pages === undefined ? undefined : pages * 4096,
    },
    scope,
  );
}

/** LEVEL COUNT CHUNK OPTION... LEGS METADATA DATA... (Documentation: dm-raid). */
export function raid(device: Device, scope: Line): Named | undefined {
  const [type = '', count, chunk, ...rest] = wordsOf(device) ?? [];
  const level = /^raid(?:10|[0156])/.exec(type)?.[0] ?? '';
  const at = (whole(count) ?? 1) - 1;
  const legs = rest.slice(at + 1);
  const options = rest.slice(0, at);
  const sectors = (name: string): string | undefined =>
    options.includes(name) ? options[options.indexOf(name) + 1] : undefined;
  const hasMetadata = legs.some((leg, i) => i % 2 === 0 && leg !== '-');
  const region = sectors('region_size');
  return arrayOf(
    {
      level,
      legs: whole(rest[at]) ?? 0,
      chunkBytes: bytesOf(chunk),
      from,
      isDegraded: legs.some((leg, i) => i % 2 === 1 && leg === '-'),
      stripeCacheBytes: bytesOf(sectors('stripe_cache')),
      // Without a word on it the driver chooses the region (drivers/md/dm-raid.c, validate_region_size).
      bitmapRegionBytes: hasMetadata ? (region === undefined ? undefined : bytesOf(region)) : 0,
    },
    scope,
  );
}
