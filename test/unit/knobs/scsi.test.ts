import { describe, expect, it } from 'vitest';
import { founding, scsiHost } from '../../support/fake-tree.ts';
import { knobOf, knobsOf } from '../../support/knobs-of.ts';

describe('a SCSI loopback adapter of 64', () => {
  it('caps all its disks together, in the ring, and is not at its default', async () => {
    expect(await knobOf(founding, 'tcm.canq', 'host2')).toMatchObject({
      ...{ layer: 'ring', name: 'can_queue', value: '64', defaultValue: '1024', atDefault: false, limit: 64 },
      ...{ scope: 'shared', sharedIn: 'host2', where: '/sys/class/scsi_host/host2/can_queue' },
    });
  });

  it('has a depth for each disk, and tags that its disks share', async () => {
    const knobs = await knobsOf(founding);
    const depths = knobs.filter(({ id }) => id === 'scsi.qd');
    expect(depths.map(({ device }) => device)).toEqual(['sda', 'sdb', 'sdc', 'sdd']);
    expect(depths[3]).toMatchObject({ layer: 'ring', value: '64', limit: 64, atDefault: false, scope: 'device' });
    const tags = knobs.filter(({ id }) => id === 'blk.tags');
    expect(tags).toHaveLength(4);
    expect(tags[0]).toMatchObject({
      layer: 'ring',
      limit: 64,
      scope: 'shared',
      sharedIn: 'host2',
      atDefault: undefined,
    });
  });

  it('gets from its parameters only what the next adapter has: they imply no limit', async () => {
    const [parameter] = (await knobsOf(founding)).filter(({ name }) => name === 'tcm_loop.can_queue');
    expect(parameter).toMatchObject({ value: '64', defaultValue: '1024', atDefault: false });
    expect(parameter).not.toHaveProperty('limit');
  });

  it('left alone, is at its default of 1024', async () => {
    const files = scsiHost(0, 'tcm_loopback', ['sda'], '1024');
    expect(await knobOf(files, 'tcm.canq', 'host0')).toMatchObject({ atDefault: true, limit: 1024 });
  });
});

describe('other SCSI disks', () => {
  it('stand where their adapter does', async () => {
    const iscsi = scsiHost(3, 'iscsi_tcp', ['sda'], '113');
    expect(await knobOf(iscsi, 'iscsi.cmds', 'host3')).toMatchObject({ layer: 'network', atDefault: true, limit: 113 });
    const guest = { ...scsiHost(0, 'virtio_scsi', ['sda'], '1024'), '/sys/block/sda/device/queue_depth': '128\n' };
    expect(await knobOf(guest, 'vscsi.cpl', 'sda')).toMatchObject({ layer: 'ring', atDefault: true, limit: 128 });
    expect(await knobOf(scsiHost(1, 'megaraid_sas', ['sda'], '928'), 'scsi.canq', 'host1')).toMatchObject({
      ...{ layer: 'media', atDefault: undefined, limit: 928 },
    });
  });

  it('count the queues of an adapter that has several', async () => {
    const files = { ...scsiHost(0, 'virtio_scsi', ['sda'], '256'), '/sys/class/scsi_host/host0/nr_hw_queues': '4\n' };
    expect(await knobOf(files, 'scsi.canq', 'host0')).toMatchObject({ limit: 256, queues: 4 });
  });

  it('leave out adapters without disks', async () => {
    expect(await knobsOf({ '/sys/class/scsi_host/host5/can_queue': '32\n' })).toEqual([]);
  });
});
