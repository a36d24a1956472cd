// A block stack whose one device beside linear ones has a provider of its own: as that provider, with the device's parameters.

import { writeBytes } from '../../lib/units.ts';
import type { Device } from '../document.ts';
import { md, raid } from './arrays.ts';
import { bytesOf, from, isChunk, isLegs, isPowerOfTwo, type Named, wordsOf } from './single.ts';
import { type LayerClone, type Line, whole } from './values.ts';

/** `devices` from the top down. Undefined where no provider stands for them. */
export function namedOf(devices: readonly Device[], scope: Line): LayerClone | undefined {
  const [device, pool, ...more] = devices.filter(({ kind }) => kind !== 'linear');
  if (!device || more.length > 0) return undefined;
  const rest = isPath(device, pool) ? undefined : pool;
  const found = device.kind === 'thin' ? pool && thin(pool) : rest ? undefined : single(device, scope);
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

/** A delay that is one path of several: what each path takes is left open. */
function isPath({ kind, below }: Device, path: Device | undefined): boolean {
  return kind === 'multipath' && path?.kind === 'delay' && below.some(({ id }) => id === path.id);
}

function single(device: Device, scope: Line): Named | undefined {
  if (device.kind.startsWith('md ')) return md(device, scope);
  switch (device.kind) {
    case 'striped':
      return striped(device, scope);
    case 'cache':
      return cache(device, scope);
    case 'writecache':
      return writecache(device, scope);
    case 'multipath':
      return multipath(device, scope);
    case 'raid':
      return raid(device, scope);
    default:
      return undefined;
  }
}

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

function writecache(device: Device, scope: Line): Named | undefined {
  // TYPE ORIGIN CACHE BLOCK COUNT KEY VALUE... (Documentation: writecache).
  const [type = '', , , block, , ...options] = wordsOf(device) ?? [];
  const bytes = whole(block) ?? 0;
  if (!isPowerOfTwo(bytes) || bytes < 512 || bytes > 4096) return undefined;
  const of = (key: string, name: string, [least, most]: readonly [number, number]): readonly Line[] => {
    const found = options.includes(name) ? whole(options[options.indexOf(name) + 1]) : undefined;
    return found === undefined || found < least || found > most ? [] : [{ key, value: found, origin: from }];
  };
  const marks = [...of('highWatermark', 'high_watermark', [1, 100]), ...of('lowWatermark', 'low_watermark', [0, 99])];
  const [high, low] = marks;
  return {
    provider: 'writecache',
    lines: [
      scope,
      { key: 'blockSize', value: writeBytes(bytes), origin: from },
      ...(high && low && Number(low.value) < Number(high.value) ? marks : []),
      ...of('writebackJobs', 'writeback_jobs', [1, 4096]),
      ...of('autocommitBlocks', 'autocommit_blocks', [1, 2 ** 20]),
    ],
    open: [
      'the fast device is in memory, 64 MiB and empty: its size and latency',
      ...(type === 'p' ? ['persistent memory: a disk stands for it;'] : []),
    ],
  };
}

function multipath(device: Device, scope: Line): Named | undefined {
  // COUNT FEATURE... COUNT HANDLER... GROUPS FIRST, then of each: SELECTOR COUNT PATHS COUNT, DEVICE COUNT... (Documentation: dm-mpath).
  const words = wordsOf(device) ?? [];
  const features = words.slice(1, 1 + (whole(words[0]) ?? 0));
  const handler = 1 + features.length;
  const at = handler + 1 + (whole(words[handler]) ?? 0);
  const [groups, selector] = [whole(words[at]) ?? 0, words[at + 2]];
  // SELECTOR COUNT ARGUMENT... PATHS COUNT, then DEVICE ARGUMENT...
  const first = at + 4 + (whole(words[at + 3]) ?? 0);
  const repeats = whole(words[first + 1]) === 1 ? whole(words[first + 3]) : undefined;
  const paths = device.below.length;
  if (paths < 2 || paths > 8 || groups < 1) return undefined;
  const isKnown = selector !== undefined && ['service-time', 'queue-length', 'round-robin'].includes(selector);
  return {
    provider: 'multipath',
    lines: [
      scope,
      { key: 'paths', value: paths, origin: from },
      ...(isKnown ? [{ key: 'selector', value: selector, origin: from }] : []),
      ...(isKnown && repeats !== undefined && repeats >= 1 && repeats <= 100_000
        ? [{ key: 'repeatCount', value: repeats, origin: from }]
        : []),
      { key: 'grouping', value: groups === 1 ? 'multibus' : 'failover', origin: from },
      { key: 'queueIfNoPath', value: `${features.includes('queue_if_no_path')}`, origin: from },
    ],
    open: [
      'all paths lead to one lane, and take bios; hardware handler and what each path takes',
      ...(isKnown ? [] : [`selector ${selector ?? ''}`]),
    ],
  };
}
