// A block stack whose one device beside linear ones has a provider of its own: as that provider, with the device's parameters.

import { sectorBytes, writeBytes } from '../../lib/units.ts';
import type { Device } from '../document.ts';
import { type LayerClone, type Line, origin, value, whole } from './values.ts';

interface Named {
  readonly provider: string;
  readonly lines: readonly Line[];
  /** Parts that the provider does not have, without the device's name. */
  readonly open: readonly string[];
}

/** `devices` from the top down. Undefined where no provider stands for them. */
export function namedOf(devices: readonly Device[], scope: Line): LayerClone | undefined {
  const [device, pool, ...more] = devices.filter(({ kind }) => kind !== 'linear');
  if (!device || more.length > 0) return undefined;
  const found = device.kind === 'thin' ? pool && thin(pool) : pool ? undefined : single(device, scope);
  if (!found) return undefined;
  const { provider, lines, open } = found;
  const linear = devices.filter(({ kind }) => kind === 'linear').map(({ name }) => name);
  return {
    cloned: { provider, lines },
    open: [
      ...open.map((each) => `block stack: ${each} of ${device.name}`),
      ...(linear.length > 0 ? [`block stack: linear ${linear.join(', ')} left out, as it adds next to nothing`] : []),
    ],
  };
}

function single(device: Device, scope: Line): Named | undefined {
  if (device.kind.startsWith('md ')) return md(device, scope);
  switch (device.kind) {
    case 'striped':
      return striped(device, scope);
    case 'cache':
      return cache(device, scope);
    case 'multipath':
      return multipath(device, scope);
    case 'raid':
      return raid(device, scope);
    default:
      return undefined;
  }
}

/** The words of a table of one line after its type. */
function wordsOf({ table = [] }: Device): readonly string[] | undefined {
  const [line, ...others] = table;
  return line === undefined || others.length > 0 ? undefined : line.split(' ').slice(3);
}

const from = 'dmsetup table';
const bytesOf = (sectors: string | undefined): number => (whole(sectors) ?? 0) * sectorBytes;
const isPowerOfTwo = (count: number): boolean => count > 0 && Number.isInteger(Math.log2(count));
/** Chunks as the providers take them. */
const isChunk = (bytes: number): boolean => isPowerOfTwo(bytes) && bytes >= 4096 && bytes <= 2 ** 24;
const isLegs = (legs: number, least = 2): boolean => legs >= least && legs <= 16;

function striped(device: Device, scope: Line): Named | undefined {
  const [count, chunk] = wordsOf(device) ?? [];
  const [legs, bytes] = [whole(count) ?? 0, bytesOf(chunk)];
  if (!isLegs(legs) || !isChunk(bytes)) return undefined;
  return {
    provider: 'striped',
    lines: [
      scope,
      { key: 'legs', value: legs, origin: from },
      { key: 'chunk', value: writeBytes(bytes), origin: from },
    ],
    open: ['all legs are parts of one medium'],
  };
}

function thin(pool: Device): Named | undefined {
  // METADATA DATA BLOCK LOW-WATER COUNT FEATURE... (Documentation: thin-provisioning).
  const [, , block, , , ...features] = wordsOf(pool) ?? [];
  const bytes = bytesOf(block);
  if (pool.kind !== 'thin-pool' || bytes <= 0 || bytes % 2 ** 16 !== 0) return undefined;
  return {
    provider: 'thin',
    lines: [
      {
        key: 'pool',
        value: pool.users > 1 ? 'shared' : 'guest',
        origin: `${pool.users} volumes stand on ${pool.name}`,
      },
      { key: 'blockSize', value: writeBytes(bytes), origin: from },
      { key: 'skipBlockZeroing', value: `${features.includes('skip_block_zeroing')}`, origin: from },
      { key: 'discardPassdown', value: `${!features.includes('no_discard_passdown')}`, origin: from },
    ],
    open: ['metadata are in memory, volumes are full and laid out in order; fragments and snapshots'],
  };
}

function cache(device: Device, scope: Line): Named | undefined {
  // METADATA CACHE ORIGIN BLOCK COUNT FEATURE... POLICY COUNT KEY VALUE... (Documentation: cache).
  const [, , , block, count, ...rest] = wordsOf(device) ?? [];
  const bytes = bytesOf(block);
  const features = rest.slice(0, whole(count) ?? 0);
  const [policy, , ...settings] = rest.slice(features.length);
  if (bytes < 2 ** 15 || bytes > 2 ** 30 || bytes % 2 ** 15 !== 0) return undefined;
  const mode = features.find((word) => word === 'writethrough' || word === 'passthrough') ?? 'writeback';
  const threshold = whole(settings[settings.indexOf('migration_threshold') + 1]);
  return {
    provider: 'cache',
    lines: [
      scope,
      { key: 'blockSize', value: writeBytes(bytes), origin: from },
      { key: 'mode', value: mode, origin: from },
      { key: 'policy', value: policy === 'cleaner' ? 'cleaner' : 'smq', origin: from },
      ...(settings.includes('migration_threshold') && threshold !== undefined && threshold <= 2 ** 30
        ? [{ key: 'migrationThreshold', value: threshold, origin: from }]
        : []),
    ],
    open: ['the fast device is in memory, 64 MiB and cold: its size, its latency and the share of hits'],
  };
}

function multipath(device: Device, scope: Line): Named | undefined {
  // COUNT FEATURE... COUNT HANDLER... GROUPS FIRST, then of each: SELECTOR COUNT PATHS COUNT, DEVICE COUNT... (Documentation: dm-mpath).
  const words = wordsOf(device) ?? [];
  const features = words.slice(1, 1 + (whole(words[0]) ?? 0));
  const handler = 1 + features.length;
  const at = handler + 1 + (whole(words[handler]) ?? 0);
  const [groups, selector] = [whole(words[at]) ?? 0, words[at + 2]];
  const paths = device.below.length;
  if (paths < 2 || paths > 8 || groups < 1) return undefined;
  const isKnown = selector !== undefined && ['service-time', 'queue-length', 'round-robin'].includes(selector);
  return {
    provider: 'multipath',
    lines: [
      scope,
      { key: 'paths', value: paths, origin: from },
      ...(isKnown ? [{ key: 'selector', value: selector, origin: from }] : []),
      { key: 'grouping', value: groups === 1 ? 'multibus' : 'failover', origin: from },
      { key: 'queueIfNoPath', value: `${features.includes('queue_if_no_path')}`, origin: from },
    ],
    open: [
      'all paths lead to one lane, and take bios; hardware handler and what each path takes',
      ...(isKnown ? [] : [`selector ${selector ?? ''}`]),
    ],
  };
}

const leastLegs: Readonly<Record<string, number>> = { raid0: 2, raid1: 2, raid5: 3, raid6: 4, raid10: 2 };

interface Array {
  readonly level: string;
  readonly legs: number;
  readonly chunkBytes: number;
  readonly from: string;
  readonly isDegraded: boolean;
  readonly stripeCacheBytes?: number | undefined;
}

function arrayOf(
  { level, legs, chunkBytes, from, isDegraded, stripeCacheBytes }: Array,
  scope: Line,
): Named | undefined {
  const least = leastLegs[level];
  if (least === undefined || !isLegs(legs, least) || (level === 'raid10' && legs % 2 !== 0)) return undefined;
  if (level !== 'raid1' && !isChunk(chunkBytes)) return undefined;
  const canDegrade = level !== 'raid0' && level !== 'raid10';
  const isParity = level === 'raid5' || level === 'raid6';
  const stripes = stripeCacheBytes ?? 0;
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
      ...(isDegraded && canDegrade ? [{ key: 'prepare', value: 'degrade', origin: `${from}: a leg is missing` }] : []),
    ],
    open: [
      'all legs are parts of one medium; bitmap, layout and reshaping',
      ...(isDegraded && !canDegrade ? ['the missing leg'] : []),
    ],
  };
}

/** By sysfs; `stripe_cache_size` counts pages of each leg (Documentation/admin-guide/md.rst). */
function md(device: Device, scope: Line): Named | undefined {
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
function raid(device: Device, scope: Line): Named | undefined {
  const [type = '', count, chunk, ...rest] = wordsOf(device) ?? [];
  const level = /^raid(?:10|[0156])/.exec(type)?.[0] ?? '';
  const at = (whole(count) ?? 1) - 1;
  const legs = rest.slice(at + 1);
  return arrayOf(
    {
      level,
      legs: whole(rest[at]) ?? 0,
      chunkBytes: bytesOf(chunk),
      from,
      isDegraded: legs.some((leg, i) => i % 2 === 1 && leg === '-'),
    },
    scope,
  );
}
