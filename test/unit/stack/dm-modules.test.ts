import { describe, expect, it } from 'vitest';
import { parseTable } from '../../../agent/host/dm/table.ts';
import { modulesOf } from '../../../agent/stack/blockstack/dm-modules.ts';

function modules(...targets: readonly string[]): readonly string[] {
  const lines = targets.map((target, i) => `${8 * i} 8 ${target}`);
  return modulesOf(parseTable(lines.join('\n')) ?? []).map(({ name }) => name);
}

// What Linux 6.1 was seen to load by itself for the same tables, or finds built in.
describe('the modules of a device-mapper table', () => {
  it.each<[string, readonly string[]]>([
    ['linear a 0', ['dm_mod']],
    ['thin-pool a b 128 0', ['dm_thin_pool']],
    ['multipath 0 0 1 1 round-robin 0 1 1 a 1000', ['dm_multipath', 'dm_round_robin']],
    [
      'multipath 0 0 2 1 queue-length 0 1 1 a 1000 service-time 0 1 2 b 1000 1',
      ['dm_multipath', 'dm_queue_length', 'dm_service_time'],
    ],
    ['cache a b c 512 1 writethrough smq 0', ['dm_cache', 'dm-cache-smq']],
    ['cache a b c 512 0 default 0', ['dm_cache', 'dm-cache-default']],
    ['raid raid1 3 0 region_size 1024 2 - a - b', ['dm_raid', 'raid1']],
    ['raid raid10_near 3 64 region_size 1024 2 - a - b', ['dm_raid', 'raid10']],
    ['raid raid5_ls 3 64 region_size 1024 3 - a - b - c', ['dm_raid']],
    ['crypt aes-xts-plain64 00 0 a 0', ['dm_crypt', 'crypto-aes', 'crypto-ecb', 'crypto-xts']],
    [
      'crypt aes-cbc-essiv:sha256 00 0 a 0',
      ['dm_crypt', 'crypto-aes', 'crypto-ecb', 'crypto-cbc', 'crypto-essiv', 'crypto-sha256'],
    ],
    ['crypt capi:xts(aes)-plain64 00 0 a 0', ['dm_crypt', 'crypto-xts', 'crypto-aes', 'crypto-ecb']],
    [
      'integrity a 0 - J 2 internal_hash:hmac(sha256):00ff commit_time:100',
      ['dm_integrity', 'crypto-hmac', 'crypto-sha256'],
    ],
    ['verity 1 a b 4096 4096 100 1 sha256 00 00', ['dm_verity', 'crypto-sha256']],
  ])('%s', (target, names) => {
    expect(modules(target)).toEqual(names);
  });

  it('are asked for once, those of the targets first', () => {
    expect(modules('crypt aes-xts-plain64 00 0 a 0', 'linear a 0', 'crypt aes-xts-plain64 11 0 b 0')).toEqual([
      ...['dm_crypt', 'dm_mod', 'crypto-aes', 'crypto-ecb', 'crypto-xts'],
    ]);
  });
});
