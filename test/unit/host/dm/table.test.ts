import { describe, expect, it } from 'vitest';
import {
  linearTable,
  parseTable,
  readOnlyTable,
  renderTable,
  showTable,
  tableSectors,
} from '../../../../agent/host/dm/table.ts';

describe('a device-mapper table', () => {
  it('is read line by line, whatever the blanks', () => {
    expect(parseTable('\n  0   8 linear  /dev/sda 0  \n8 16 thin-pool /dev/a /dev/b 128 0\n\n24 1 zero\n')).toEqual([
      { start: 0, length: 8, type: 'linear', params: '/dev/sda 0' },
      { start: 8, length: 16, type: 'thin-pool', params: '/dev/a /dev/b 128 0' },
      { start: 24, length: 1, type: 'zero', params: '' },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['blank lines only', '\n \n'],
    ['a gap', '0 8 linear /dev/sda 0\n9 8 linear /dev/sda 0'],
    ['an overlap', '0 8 linear /dev/sda 0\n7 8 linear /dev/sda 0'],
    ['a start above zero', '8 8 linear /dev/sda 0'],
    ['no length', '0 0 linear /dev/sda 0'],
    ['a negative length', '0 -8 linear /dev/sda 0'],
    ['more sectors than can be counted', '0 100000000000000000000 zero'],
    ['targets that are that long together', '0 9007199254740991 zero\n9007199254740991 8 zero'],
    ['a missing target', '0 8'],
    ['a placeholder that is left', '0 {sectors} linear /dev/sda 0'],
    ['a target that is no word', '0 8 li/near /dev/sda 0'],
  ])('with %s is none', (_, text) => {
    expect(parseTable(text)).toBeUndefined();
  });

  it('is as long as its targets together', () => {
    expect(tableSectors([...linearTable('/dev/a', 8), { start: 8, length: 5, type: 'zero', params: '' }])).toBe(13);
  });

  it('maps a part of a device from its offset on', () => {
    expect(renderTable(linearTable('/dev/a', 8, 16))).toBe('0 8 linear /dev/a 16');
  });

  it('for reading only is up for no time, down for one, and fails writes alone', () => {
    expect(renderTable(readOnlyTable('/dev/a', 8))).toBe('0 8 flakey /dev/a 0 0 1 1 error_writes');
  });

  it.each([
    [
      'crypt aes-xts-plain64 00ff00ff 0 /dev/a 0 1 allow_discards',
      'crypt aes-xts-plain64 <key> 0 /dev/a 0 1 allow_discards',
    ],
    ['crypt aes-xts-plain64 :64:logon:mine 0 /dev/a 0', 'crypt aes-xts-plain64 :64:logon:mine 0 /dev/a 0'],
    [
      'integrity /dev/a 0 32 J 3 internal_hash:hmac(sha256):00ff journal_crypt:ctr(aes):aa block_size:512',
      'integrity /dev/a 0 32 J 3 internal_hash:hmac(sha256):<key> journal_crypt:ctr(aes):<key> block_size:512',
    ],
    ['integrity /dev/a 0 32 J 1 internal_hash:crc32c', 'integrity /dev/a 0 32 J 1 internal_hash:crc32c'],
    ['delay /dev/a 0 4', 'delay /dev/a 0 4'],
  ])('%s is shown without its keys', (target, shown) => {
    expect(showTable(parseTable(`0 8 ${target}`) ?? [])).toBe(`0 8 ${shown}`);
  });
});
