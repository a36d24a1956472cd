import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../../agent/host/formats/mountinfo.ts';

describe('lines of mountinfo', () => {
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
    expect(parseMountinfo(`${line}\n`)).toMatchObject([{ number, point }]);
  });

  it('of all lines are given, also twice the same device', () => {
    const text = '1 0 8:1 / /a rw - ext4 x rw\n2 0 8:1 / /b rw - ext4 x rw\n\nshort line\n';
    expect(parseMountinfo(text).map(({ point }) => point)).toEqual(['/a', '/b']);
  });

  it.each([
    ['writable', '31 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate', false],
    ['read-only by the mount', '31 24 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw,nsdelegate', true],
    ['read-only by the file system', '31 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 ro', true],
    ['writable, with an option that only begins so', '31 24 0:26 / /x rw - ext4 x rw,errors=remount-ro,rough', false],
    ['of an unknown kind, for want of its end', '31 24 0:26 / /x rw', false],
  ])('that are %s', (_, line, isReadOnly) => {
    expect(parseMountinfo(line)).toMatchObject([{ isReadOnly }]);
  });
});
