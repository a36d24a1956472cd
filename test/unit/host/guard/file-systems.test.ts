import { describe, expect, it } from 'vitest';
import { btrfs, mounts, parseMountinfo, swaps } from '../../../../agent/host/guard/file-systems.ts';
import { fakeEyes, sdb } from '../../../support/fake-eyes.ts';

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
});

describe('file systems and swap', () => {
  const line = (number: string, point: string, source = 'x'): string =>
    `9 1 ${number} / ${point} rw - ext4 ${source} rw\n`;

  it('are found in the mount namespace of any process, and in one that is in a chroot', async () => {
    const eyes = fakeEyes({
      files: {
        '/proc/1/mountinfo': line('8:1', '/'),
        '/proc/7/mountinfo': line('8:17', '/data'),
        '/proc/8/mountinfo': line('8:16', '/hidden'),
        '/proc/self/mountinfo': line('8:17', '/not-a-process'),
      },
      links: {
        ...{ '/proc/1/ns/mnt': 'mnt:[1]', '/proc/7/ns/mnt': 'mnt:[1]', '/proc/8/ns/mnt': 'mnt:[2]' },
        ...{ '/proc/1/root': '/', '/proc/7/root': '/jail', '/proc/8/root': '/' },
      },
    });
    expect(await mounts(eyes, sdb)).toEqual([
      { kind: 'user', what: 'mounted at /data' },
      { kind: 'user', what: 'mounted at /hidden' },
    ]);
  });

  it('are found by what was mounted where the number is anonymous, as with btrfs', async () => {
    const eyes = fakeEyes({
      files: { '/proc/1/mountinfo': line('0:44', '/pool', '/dev/disk/by-label/pool') },
      nodes: { '/proc/1/root/dev/disk/by-label/pool': '8:17' },
    });
    expect(await mounts(eyes, sdb)).toEqual([{ kind: 'user', what: 'mounted at /pool' }]);
  });

  it('are not found where somebody else’s are', async () => {
    const eyes = fakeEyes({ files: { '/proc/1/mountinfo': line('8:1', '/') + line('0:21', '/sys', 'sysfs') } });
    expect(await mounts(eyes, sdb)).toEqual([]);
  });

  it('of btrfs are found on each of its devices', async () => {
    const eyes = fakeEyes({ files: { '/sys/fs/btrfs/11-22/devices/sdc': '', '/sys/fs/btrfs/11-22/devices/sdb1': '' } });
    expect(await btrfs(eyes, sdb)).toEqual([{ kind: 'user', what: 'sdb1 is part of the btrfs 11-22' }]);
  });

  it('that are swap are found under any name', async () => {
    const text =
      'Filename\t\t\t\tType\t\tSize\n/dev/my\\040swap                             partition\t1000\t\t0\t\t-2\n';
    const eyes = fakeEyes({ files: { '/proc/swaps': text }, nodes: { '/dev/my swap': '8:16' } });
    expect(await swaps(eyes, sdb)).toEqual([{ kind: 'user', what: 'sdb is swap' }]);
  });
});
