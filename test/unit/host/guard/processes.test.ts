import { describe, expect, it } from 'vitest';
import { busy, countIos } from '../../../../agent/host/guard/idle.ts';
import { lazyExports, locks, openFiles, parseLocks } from '../../../../agent/host/guard/processes.ts';
import { fakeEyes, sdb } from '../../../support/fake-eyes.ts';
import { refused } from '../../../support/fake-tree.ts';

const initial = { '/proc/self/ns/pid': 'pid:[4026531836]' };

describe('open files', () => {
  it('of any process but ours are found by the number of what is open', async () => {
    const eyes = fakeEyes({
      files: { '/proc/40/comm': 'qemu-system-x86\n', '/proc/41/comm': 'node\n' },
      links: initial,
      nodes: { '/proc/40/fd/3': '8:32', '/proc/40/fd/11': '8:17', '/proc/41/fd/9': '8:16' },
    });
    expect(await openFiles(41)(eyes, sdb)).toEqual([
      { kind: 'user', what: 'process 40 (qemu-system-x86) has sdb1 open' },
    ]);
  });

  it('count where they are the generic node of a disk, which takes commands without a claim', async () => {
    const eyes = fakeEyes({
      files: {
        '/proc/40/comm': 'qemu-system-x86\n',
        '/proc/42/comm': 'nvme\n',
        '/sys/class/block/sdb/device/scsi_generic/sg3/dev': '21:3\n',
        '/sys/class/nvme-generic/ng0n1/dev': '242:0\n',
      },
      links: initial,
      nodes: { '/proc/40/fd/3': 'c21:3', '/proc/41/fd/3': 'c8:16', '/proc/42/fd/5': 'c242:0' },
    });
    expect(await openFiles(1)(eyes, [...sdb, { name: 'nvme0n1', number: '259:0' }])).toEqual([
      { kind: 'user', what: 'process 40 (qemu-system-x86) has sg3 open' },
      { kind: 'user', what: 'process 42 (nvme) has ng0n1 open' },
    ]);
  });

  it('that may not be seen are no proof that there are none', async () => {
    const files = { '/proc/40/comm': 'qemu\n', '/proc/40/fd': refused('/proc/40/fd') };
    expect(await openFiles(1)(fakeEyes({ files, links: initial }), sdb)).toEqual([
      { kind: 'blind', what: 'what process 40 (qemu) has open may not be read' },
    ]);
    const inside = fakeEyes({ links: { '/proc/self/ns/pid': 'pid:[4026532999]' } });
    expect(await openFiles(1)(inside, sdb)).toMatchObject([{ kind: 'blind' }]);
  });
});

describe('locks', () => {
  const text = [
    '1: OFDLCK ADVISORY  READ -1 00:05:345 100 101',
    '2: POSIX  ADVISORY  WRITE 812 00:05:346 0 EOF',
    '2: -> FLOCK  ADVISORY  WRITE 900 00:05:345 0 EOF',
    '3: broken',
    '',
  ].join('\n');

  it('are read with their owner, waiting ones too', () => {
    expect(parseLocks(text)).toEqual([
      { kind: 'OFDLCK', pid: -1, inode: '00:05:345' },
      { kind: 'POSIX', pid: 812, inode: '00:05:346' },
      { kind: 'FLOCK', pid: 900, inode: '00:05:345' },
    ]);
  });

  it('on a node of the device count, whoever holds them', async () => {
    expect(await locks(['00:05:345', ''])(fakeEyes({ files: { '/proc/locks': text } }), sdb)).toEqual([
      { kind: 'user', what: 'a lock on it is held (OFDLCK)' },
      { kind: 'user', what: 'a lock on it is held (FLOCK, process 900)' },
    ]);
  });
});

it('a server that opens what it exports only when a client comes is found by its configuration', async () => {
  const files = {
    '/proc/50/comm': 'nbd-server\n',
    '/proc/50/cmdline': 'nbd-server\0-C\0/etc/own\0',
    '/etc/own': '[generic]\n[disk]\n  exportname = /dev/x\n',
    '/proc/51/comm': 'nbdkit\n',
    '/proc/51/cmdline': 'nbdkit\0file\0file=/dev/y\0',
    '/proc/52/comm': 'less\n',
    '/proc/52/cmdline': 'less\0/dev/x\0',
  };
  const eyes = fakeEyes({ files, nodes: { '/dev/x': '8:16', '/dev/y': '8:17' } });
  expect((await lazyExports(eyes, sdb)).map(({ what }) => what)).toEqual([
    'process 50 (nbd-server) exports sdb',
    'process 51 (nbdkit) exports sdb1',
  ]);
});

describe('I/O of a sender that nothing else found', () => {
  const stat = (reads: number, inFlight: number): string => `${reads} 0 8 1 20 0 8 1 ${inFlight} 1 1 3 0 0 0 4 0\n`;

  it('is seen by what came and by what is in flight', async () => {
    expect(countIos(stat(10, 2))).toEqual({ started: 37, inFlight: 2 });
    const files: Record<string, string> = { '/sys/class/block/sdb/stat': stat(10, 0) };
    const sleep = (): Promise<void> => {
      files['/sys/class/block/sdb/stat'] = stat(13, 1);
      return Promise.resolve();
    };
    expect(await busy(fakeEyes({ files }), sdb, { ms: 5000, sleep })).toEqual([
      { kind: 'user', what: '3 I/Os on sdb within 5 s, 1 in flight, whose sender is unknown' },
    ]);
    expect(await busy(fakeEyes({ files: { '/sys/class/block/sdb/stat': stat(10, 0) } }), sdb, { ms: 1 })).toEqual([]);
  });

  it('is seen on the paths of a multipath NVMe disk, whose head counts nothing', async () => {
    const head = [{ name: 'nvme0n1', number: '259:1' }];
    const files: Record<string, string> = {
      '/sys/class/block/nvme0n1/stat': stat(0, 0),
      '/sys/block/nvme0c3n1/stat': stat(5, 0),
      '/sys/block/nvme1c3n1/stat': stat(5, 9),
    };
    const sleep = (): Promise<void> => {
      files['/sys/block/nvme0c3n1/stat'] = stat(6, 0);
      return Promise.resolve();
    };
    expect((await busy(fakeEyes({ files }), head, { ms: 1, sleep })).map(({ what }) => what)).toEqual([
      expect.stringContaining('1 I/Os on nvme0c3n1'),
    ]);
  });
});
