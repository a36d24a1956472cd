// Tables as the kernel prints them (Documentation/admin-guide/device-mapper): which words are devices, and no key comes through.

import { describe, expect, it } from 'vitest';
import { targetParsers, withoutKeys } from '../../../agent/discover/decode/dm-targets.ts';
import { deviceOf, discoverText, dmHost } from '../../support/snapshots.ts';

const partsOf = (type: string, params: string) => targetParsers[type]?.(params.split(' '));

describe('a target', () => {
  it.each<[string, string, readonly string[], Readonly<Record<string, string>>]>([
    ['linear', '8:2 2048', ['8:2'], {}],
    ['striped', '3 256 8:1 0 8:2 16 8:3 32', ['8:1', '8:2', '8:3'], { stripes: '3', chunk: '256 sectors' }],
    [
      'crypt',
      `aes-xts-plain64 ${'0'.repeat(64)} 0 8:1 4096 1 sector_size:4096`,
      ['8:1'],
      { cipher: 'aes-xts-plain64', 'key bits': '256', options: 'sector_size:4096' },
    ],
    [
      'thin-pool',
      '253:1 253:2 128 32768 1 skip_block_zeroing',
      ['253:1', '253:2'],
      { block: '128 sectors', 'low water': '32768 blocks' },
    ],
    ['thin', '253:4 7 8:9', ['253:4', '8:9'], { 'thin id': '7' }],
    [
      'cache',
      '253:1 253:2 253:3 512 1 writeback mq 4 sequential_threshold 1024 random_threshold 8',
      ['253:1', '253:2', '253:3'],
      { mode: 'writeback', policy: 'mq' },
    ],
    [
      'writecache',
      's 253:3 259:0 4096 2 high_watermark 60',
      ['253:3', '259:0'],
      { type: 's', block: '4096 bytes', options: 'high_watermark 60' },
    ],
    [
      'raid',
      'raid5_la 3 128 region_size 1024 3 253:1 253:2 253:3 253:4 - 253:5',
      ['253:1', '253:2', '253:3', '253:4', '253:5'],
      { level: 'raid5_la', legs: '3', chunk: '128 sectors', options: 'region_size 1024' },
    ],
    ['raid', 'raid1 2 0 nosync 2 - 8:0 - 8:16', ['8:0', '8:16'], { level: 'raid1', legs: '2' }],
    ['mirror', 'core 2 1024 nosync 2 8:1 0 8:2 0 1 handle_errors', ['8:1', '8:2'], { log: 'core', legs: '2' }],
    [
      'multipath',
      '2 queue_mode bio 1 alua 2 1 service-time 0 2 2 8:0 1 1 8:16 1 1 queue-length 0 1 1 8:32 1',
      ['8:0', '8:16', '8:32'],
      {
        paths: '3',
        groups: '2',
        selector: 'service-time, queue-length',
        features: 'queue_mode bio',
        'hardware handler': 'alua',
      },
    ],
    ['snapshot', '253:1 253:2 P 16', ['253:1', '253:2'], { persistent: 'P', chunk: '16 sectors' }],
    [
      'verity',
      '1 8:1 8:2 4096 4096 262144 1 sha256 4392712ba01368efdf14b05c76f9e4df aa',
      ['8:1', '8:2'],
      { algorithm: 'sha256' },
    ],
    ['delay', '8:1 0 5 8:1 0 10', ['8:1', '8:1'], { delay: '5 ms' }],
    ['error', '', [], {}],
  ])('%s %s', (type, params, devices, values) => {
    const parts = partsOf(type, params);
    expect(parts?.devices.map(({ word }) => word)).toEqual(devices);
    expect(parts?.values).toMatchObject(values);
  });

  it('takes any rubbish without an end or a throw', () => {
    for (const type of Object.keys(targetParsers)) {
      for (const params of ['', '9999 9999 9999', 'x', '1 2 3', '999999999 a b c', '-1 -1 -1 -1 -1 -1'])
        expect(() => partsOf(type, params)).not.toThrow();
    }
  });
});

describe('a key', () => {
  it('becomes as many zeros, and what a keyring holds is only named', () => {
    expect(withoutKeys('crypt', 'aes-xts-plain64 0123abcd 0 8:1 0')).toBe('aes-xts-plain64 00000000 0 8:1 0');
    expect(withoutKeys('crypt', 'aes-xts-plain64 :64:logon:a:b 0 8:1 0')).toBe('aes-xts-plain64 :64:logon:a:b 0 8:1 0');
    expect(
      withoutKeys(
        'integrity',
        '8:1 0 32 J 3 internal_hash:hmac(sha256):abcd journal_mac:hmac(sha256):12ef journal_crypt:ctr(aes):ff block_size:512',
      ),
    ).toBe(
      '8:1 0 32 J 3 internal_hash:hmac(sha256):0000 journal_mac:hmac(sha256):0000 journal_crypt:ctr(aes):00 block_size:512',
    );
  });

  it('is nowhere in the document, whatever the snapshot held', () => {
    const key = 'c0ffee'.repeat(10);
    const found = discoverText(
      dmHost([
        '0 2048 linear 7:0 0',
        `0 2048 crypt aes-xts-plain64 ${key} 0 253:0 0`,
        `0 2048 integrity 253:1 0 16 J 1 internal_hash:hmac(sha256):${key}`,
      ]),
    );
    expect(JSON.stringify(found)).not.toContain('c0ffee');
    expect(deviceOf(found, 'dm-1').table).toEqual([`0 2048 crypt aes-xts-plain64 ${'0'.repeat(60)} 0 253:0 0`]);
  });
});
