import { describe, expect, it } from 'vitest';
import { foreignIn, type NameEyes } from '../../../../agent/host/dm/foreign.ts';
import { parseTable } from '../../../../agent/host/dm/table.ts';

const on = ['/dev/dm-3', '/dev/dm-4'];
/** A folder with a link `mine` to a disk, and a disk 8:0. */
const eyes = (release: string): NameEyes => ({
  numberOf: (path) =>
    path === 'tty' ? Promise.resolve('c5:0') : Promise.resolve(path === 'mine' ? '8:16' : undefined),
  exists: (path) => Promise.resolve(path === '/sys/dev/block/8:0'),
  read: () => Promise.resolve(`${release}\n`),
});

async function foreign(target: string, release = '6.12.1'): Promise<string | undefined> {
  return (await foreignIn(parseTable(`0 8 linear /dev/dm-3 0\n8 2048 ${target}`) ?? [], on, eyes(release)))?.word;
}

describe('a table whose target writes when it is loaded', () => {
  it.each([
    ['a thin pool', 'thin-pool /dev/dm-3 /dev/dm-4 128 32768 1 skip_block_zeroing'],
    ['a cache', 'cache /dev/dm-3 /dev/dm-4 /dev/dm-3 512 1 writethrough smq 2 migration_threshold 2048'],
    ['a mirror', 'mirror core 2 1024 nosync 2 /dev/dm-3 0 /dev/dm-4 0'],
    [
      'an integrity target',
      'integrity /dev/dm-3 0 - J 3 meta_device:/dev/dm-4 internal_hash:crc32c buffer_sectors:128',
    ],
    ['a RAID with a metadata device left out', 'raid raid1 3 0 region_size 1024 2 - /dev/dm-3 - /dev/dm-4'],
  ])('may stand on what is ours: %s', async (_, target) => {
    expect(await foreign(target)).toBeUndefined();
    expect(await foreign(target, '6.1.0-40-amd64')).toBeUndefined();
  });

  it.each([
    ['by its path', '/dev/sdb'],
    ['by a link', '/dev/disk/by-id/wwn-1'],
    ['by a path through ours', '/dev/dm-3/../sdb'],
    ['by a path that does not exist yet', '/tmp/soon'],
    ['by its number', '8:16'],
    ['by its number with an offset', '8:16:0'],
    ['by its partition', 'PARTUUID=0fc63daf-01'],
    ['by its label', 'PARTLABEL=data'],
    ['by a path from the folder of the agent', 'mine'],
    ['by a path with a quoted character', '\\\\8:16'],
    ['behind half of a character that is a blank to the kernel', 'x\u00e08:16'],
    ['as the place of metadata', 'meta_device:/dev/sdb'],
    ['as the place of metadata, by its number', 'meta_device:8:16'],
  ])('names a foreign disk %s', async (_, word) => {
    expect(await foreign(`integrity ${word} 0 - J 0`)).toBe(word);
    expect(await foreign(`integrity /dev/dm-3 0 - J 1 ${word}`)).toBe(word);
  });

  it('names one by a bare number only where the kernel takes such names', async () => {
    for (const word of ['800', '0x800', '100000800', 'meta_device:800']) {
      expect(await foreign(`integrity ${word} 0 - J 0`, '6.1.0-40-amd64'), word).toBe(word);
      expect(await foreign(`integrity ${word} 0 - J 0`, '5.10.0'), word).toBe(word);
      expect(await foreign(`integrity ${word} 0 - J 0`, '6.12.1'), word).toBeUndefined();
    }
    expect(await foreign('integrity /dev/dm-3 0 - J 0 801 0 8', '6.1.0')).toBeUndefined();
  });
});

it('leaves targets that only open their devices to the kernel, which is asked what it has opened', async () => {
  expect(await foreign('crypt aes-cbc-essiv:sha256 :32:logon:a/b=c 0 /dev/dm-3 0')).toBeUndefined();
});
