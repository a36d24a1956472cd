// What the guests' disks do in each layer of a host: which disks count as the guests', and which device stands for which layer.

import { describe, expect, it } from 'vitest';
import { byLayer } from '../../../agent/discover/clone/by-layer.ts';
import { guestDisks } from '../../../agent/discover/clone/path.ts';
import type { Discovered } from '../../../agent/discover/document.ts';
import { discoverText, snapshotOf } from '../../support/snapshots.ts';

/** A file system on a delay over the disk of a virtual machine, which is what this host is itself. */
const found = discoverText(
  snapshotOf({
    files: {
      '/sys/block/vda/dev': '254:0',
      '/sys/block/vda/size': '4096',
      '/sys/block/vda/mq/0/nr_tags': '64',
      '/sys/block/dm-0/dev': '253:0',
      '/sys/block/dm-0/size': '4096',
      '/sys/block/dm-0/dm/name': 'slow',
      '/proc/self/mountinfo': '30 1 253:0 / /srv rw - ext4 /dev/mapper/slow rw',
    },
    lists: { '/sys/block': ['dm-0', 'vda'], '/sys/block/vda/mq': ['0'] },
    tools: { 'dmsetup info': '253\t0\tslow', 'dmsetup table': 'slow: 0 4096 delay 254:0 0 5' },
  }),
);

const machine = (name: string, below: readonly string[]): Discovered['users'][number] => ({
  ...{ id: `qemu:${name}`, kind: 'qemu', name, below: [...below], parameters: [] },
});
const usersOf = (users: Discovered['users']): readonly string[] =>
  guestDisks({ ...found, users }).map(({ user }) => user.name);

describe('the disks of guests', () => {
  it('are those of virtual machines, where one has a disk', () => {
    expect(usersOf([...found.users, machine('web', ['dm-0'])])).toEqual(['web']);
  });

  it('are those of others, where a machine is there without one, as it boots from a folder', () => {
    expect(usersOf([machine('diskless', []), ...found.users])).toEqual(['/srv']);
    expect(usersOf([machine('elsewhere', ['not-seen']), ...found.users])).toEqual(['/srv']);
  });
});

describe('the layers of a host', () => {
  const figures = { iosPerSecond: 100, latencyNs: 5e6, inFlight: 1 };

  it('have the disk of a virtual machine as media, as the clone has', () => {
    const layers = byLayer(found, guestDisks(found), () => figures);
    expect(layers.map(({ layer, limit }) => [layer, limit])).toEqual([
      ['media', 64],
      ['blockstack', null],
    ]);
  });

  it('leave out what nothing counts', () => {
    const layers = byLayer(found, guestDisks(found), (id) => (id === 'vda' ? figures : undefined));
    expect(layers.map(({ layer }) => layer)).toEqual(['media']);
  });
});
