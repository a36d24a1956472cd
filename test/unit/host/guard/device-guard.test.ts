import { expect, it } from 'vitest';
import { findUsers } from '../../../../agent/host/guard/device-guard.ts';
import { fakeEyes } from '../../../support/fake-eyes.ts';

const claim = { path: '/dev/none', number: '8:16', name: 'sdb', sectors: 8, destroy: { serial: 's' } };

/** The disk of a run, under its guard dm-3, and another process that has something open. */
const host = (opened: string) =>
  fakeEyes({
    files: {
      '/sys/class/block/sdb/holders/dm-3': '',
      '/sys/class/block/dm-3/dm/name': 'layerlift-abcdef-guard',
      '/proc/77/comm': 'qemu-system-x86\n',
    },
    links: { '/proc/self/ns/pid': 'pid:[4026531836]', '/proc/77/fd/9': opened },
    nodes: { '/proc/77/fd/9': opened, '/dev/sdb': '8:16' },
  });

it('who has the disk of a run open is found beside the claim of the run, whatever I/O goes to it', async () => {
  const messages = (await findUsers(claim, 'dm-3', host('8:16'))).map(({ message }) => message);
  expect(messages).toEqual(['/dev/none is in use: process 77 (qemu-system-x86) has sdb open']);
});

it('our own claim is nobody else', async () => {
  expect(await findUsers(claim, 'dm-3', host('8:32'))).toEqual([]);
});
