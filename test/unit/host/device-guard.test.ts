import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../agent/host/device-guard.ts';

describe('mounts', () => {
  it.each<[string, string, string, string]>([
    ['a plain one', '25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k', '0:23', '/dev/shm'],
    ['optional fields', '98 1 8:1 / /boot rw,relatime shared:29 master:2 - ext4 /dev/sda1 rw', '8:1', '/boot'],
    ['a part of a file system', '99 1 259:3 /sub /mnt rw - btrfs /dev/nvme0n1p3 rw', '259:3', '/mnt'],
    [
      'a blank and a tab',
      String.raw`36 35 98:0 / /mnt/my\040disk\011one rw - ext3 /dev/root rw`,
      '98:0',
      '/mnt/my disk\tone',
    ],
    ['a line break and a backslash', String.raw`36 35 98:0 / /mnt/a\012b\134c rw - ext3 x rw`, '98:0', '/mnt/a\nb\\c'],
    [
      'an escape that is escaped',
      String.raw`36 35 98:0 / /mnt/a\134040 rw - ext3 x rw`,
      '98:0',
      String.raw`/mnt/a\040`,
    ],
    ['letters beyond ASCII', '36 35 98:0 / /mnt/größe rw - ext3 x rw', '98:0', '/mnt/größe'],
  ])('with %s are read', (_, line, number, point) => {
    expect(parseMountinfo(`${line}\n`)).toEqual([{ number, point }]);
  });

  it('of all lines are given, also twice the same device', () => {
    const text = '1 0 8:1 / /a rw - ext4 x rw\n2 0 8:1 / /b rw - ext4 x rw\n\nshort line\n';
    expect(parseMountinfo(text).map(({ point }) => point)).toEqual(['/a', '/b']);
  });
});
