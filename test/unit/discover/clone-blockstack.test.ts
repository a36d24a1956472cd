// Devices that no table on one lane can say: as the provider of their kind, whose settings are those that were read.

import { describe, expect, it } from 'vitest';
import { blockstackOf } from '../../../agent/discover/clone/blockstack.ts';
import type { Device } from '../../../agent/discover/document.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { deviceOf } from '../../support/discovered-device.ts';

const linear = deviceOf({ kind: 'linear', name: 'lv', table: ['0 4096 linear 8:0 2048'] });

function dm(table: string, rest: Partial<Device> = {}): Device {
  const kind = table.split(' ')[2] ?? '';
  return deviceOf({ kind, name: 'top', table: [table], ...rest });
}

/** As the profile has it after it was read, with all defaults. */
function deployed(way: readonly Device[], guests = 1): unknown {
  const { cloned } = blockstackOf(way, guests);
  if (!cloned) return undefined;
  const settings = cloned.lines.map(({ key, value }) => `${key}: ${value}`).join(', ');
  const text = `version: 1\nname: it\nguests: ${guests}\nstack:\n  blockstack:\n    deployed: { provider: ${cloned.provider}, ${settings} }\n`;
  return decodeProfile(text, 'it').stack.find(({ layer }) => layer === 'blockstack')?.deployed;
}

const openOf = (way: readonly Device[]): string => blockstackOf(way, 1).open.join('\n');
const paths = [{ id: 'sda' }, { id: 'sdb' }];
const raid5 = { raid_disks: 4, chunk_size: 524_288, degraded: 0, stripe_cache_size: 4096 };

describe('a clone', () => {
  it.each([
    ['striped', [dm('0 4096 striped 4 128 8:0 0 8:1 0 8:2 0 8:3 0')], { legs: 4, chunk: 65_536 }],
    [
      'cache',
      [dm('0 4096 cache 253:2 253:1 253:0 192 2 metadata2 writethrough smq 2 migration_threshold 4096'), linear],
      { mode: 'writethrough', blockSize: 98_304, migrationThreshold: 4096 },
    ],
    [
      'cache',
      [dm('0 4096 cache 253:2 253:1 253:0 64 1 metadata2 cleaner 0')],
      { mode: 'writeback', policy: 'cleaner' },
    ],
    [
      'multipath',
      [
        dm('0 4096 multipath 1 queue_if_no_path 1 alua 2 1 round-robin 0 1 1 8:0 1 service-time 0 1 1 8:1 1', {
          below: paths,
        }),
      ],
      { paths: 2, selector: 'round-robin', grouping: 'failover', queueIfNoPath: true },
    ],
    [
      'multipath',
      [dm('0 4096 multipath 0 0 1 1 queue-length 0 2 1 8:0 1 8:1 1', { below: paths })],
      { selector: 'queue-length', grouping: 'multibus', queueIfNoPath: false },
    ],
    ['md', [deviceOf({ kind: 'md raid5' }, raid5)], { level: 'raid5', legs: 4, chunk: 524_288, stripeCache: 2 ** 24 }],
    ['md', [deviceOf({ kind: 'md raid5' }, { ...raid5, degraded: 1 })], { prepare: 'degrade' }],
    ['md', [deviceOf({ kind: 'md raid10' }, { ...raid5, stripe_cache_size: 0 })], { level: 'raid10', legs: 4 }],
    [
      'md',
      [dm('0 4096 raid raid6_zr 3 128 region_size 1024 4 8:0 8:1 8:2 8:3 8:4 8:5 8:6 8:7')],
      { level: 'raid6', legs: 4, chunk: 65_536 },
    ],
    ['md', [dm('0 4096 raid raid5_ls 1 128 3 - 8:1 - 8:3 - -')], { level: 'raid5', legs: 3, prepare: 'degrade' }],
    [
      'thin',
      [dm('0 4096 thin 253:4 1'), dm('0 8192 thin-pool 253:2 253:3 256 0 1 no_discard_passdown', { users: 3 }), linear],
      { pool: 'shared', blockSize: 131_072, discardPassdown: false, skipBlockZeroing: false },
    ],
  ])('has %s as the provider of that name', (provider, way, settings) => {
    expect(deployed(way)).toMatchObject({ provider, settings });
  });

  it('keeps to tables where they say all', () => {
    const crypt = dm(`0 4096 crypt aes-xts-plain64 ${'0'.repeat(64)} 0 8:0 0`);
    expect(blockstackOf([crypt, linear], 1).cloned).toMatchObject({
      provider: 'dm',
      tables: [{ name: 'd1' }, { name: 'd2' }],
    });
  });

  it('is shared by guests that share it', () => {
    const way = [dm('0 4096 striped 2 128 8:0 0 8:1 0', { users: 2 })];
    expect(deployed(way, 2)).toMatchObject({ settings: { scope: 'shared' } });
  });

  it.each([
    ['chunks that no provider takes', [dm('0 4096 striped 2 96 8:0 0 8:1 0')]],
    ['more legs than a provider has', [deviceOf({ kind: 'md raid0' }, { ...raid5, raid_disks: 20 })]],
    ['a level that none has', [deviceOf({ kind: 'md raid4' }, raid5)]],
    ['two kinds in one stack', [dm('0 4096 striped 2 128 8:0 0 8:1 0'), deviceOf({ kind: 'md raid5' }, raid5)]],
    ['several segments', [dm('', { kind: 'striped', table: ['0 8 striped 2 128 8:0 0 8:1 0', '8 8 linear 8:2 0'] })]],
    ['a table without words', [dm('0 4096 multipath', { below: paths })]],
  ])('leaves out %s, and says so', (_, way) => {
    expect(deployed(way)).toBeUndefined();
    expect(openOf(way)).toContain('is missing');
  });
});
