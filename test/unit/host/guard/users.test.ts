// Who keeps a device of ours from being removed is named in the reason that a person reads.

import { describe, expect, it } from 'vitest';
import { namingUsers } from '../../../../agent/host/guard/users.ts';
import { HostError } from '../../../../agent/lib/errors.ts';
import { fakeEyes } from '../../../support/fake-eyes.ts';

const links = { '/proc/self/ns/pid': 'pid:[4026531836]' };
const dev = { '/sys/class/block/dm-3/dev': '253:3\n' };
const fails = (code: string) => () =>
  Promise.reject(
    new HostError(`device-mapper: ${code}`, undefined, { cause: Object.assign(new Error(code), { code }) }),
  );

describe('a removal', () => {
  it('that stays busy names the program with its number, and who stands on the device', async () => {
    const eyes = fakeEyes({
      files: { ...dev, '/proc/40/comm': 'vgchange\n', '/sys/class/block/dm-3/holders/dm-9': '' },
      links,
      nodes: { '/proc/40/fd/3': '253:3' },
    });
    await expect(namingUsers('dm-3', fails('EBUSY'), { own: 1, eyes })).rejects.toThrow(
      'device-mapper: EBUSY: process 40 (vgchange) has dm-3 open, dm-9 stands on dm-3',
    );
  });

  it('that fails for another reason, or for nobody who can be seen, is told as it is', async () => {
    const eyes = fakeEyes({ files: { ...dev, '/proc/40/comm': 'vgchange\n' }, links });
    await expect(namingUsers('dm-3', fails('EBUSY'), { own: 1, eyes })).rejects.toThrow(/^device-mapper: EBUSY$/);
    const busy = fakeEyes({
      files: { ...dev, '/proc/40/comm': 'vgchange\n' },
      links,
      nodes: { '/proc/40/fd/3': '253:3' },
    });
    await expect(namingUsers('dm-3', fails('EIO'), { own: 1, eyes: busy })).rejects.toThrow(/^device-mapper: EIO$/);
  });
});
