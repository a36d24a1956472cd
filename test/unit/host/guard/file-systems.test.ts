import { describe, expect, it } from 'vitest';
import { btrfs, mounts, swaps } from '../../../../agent/host/guard/file-systems.ts';
import { fakeEyes, sdb } from '../../../support/fake-eyes.ts';

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
