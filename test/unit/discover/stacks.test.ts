// Whole hosts: the tree is right in every layer, edge, parameter and limit.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { discoveredJsonSchema, discoveredSchema } from '../../../agent/discover/document.ts';
import { treeText } from '../../../agent/discover/show/text.ts';
import { deviceOf, discoverFixture, snapshotNames, valueOf, waysDown } from '../../support/snapshots.ts';

const golden = new URL('../../golden/discover/', import.meta.url).pathname;

describe('the tree of a host', () => {
  it.each(snapshotNames)('%s reads as it must', (name) => {
    const text = treeText(discoverFixture(name));
    const path = `${golden}${name}.txt`;
    if (process.env['UPDATE_GOLDEN']) writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it.each(snapshotNames)('%s keeps to the schema of its JSON', (name) => {
    expect(discoveredSchema.parse(JSON.parse(JSON.stringify(discoverFixture(name)))).devices.length).toBeGreaterThan(0);
    expect(JSON.stringify(discoveredJsonSchema())).toContain('layerlift-discovered');
  });
});

describe('ways from a guest down to the media', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'proxmox',
      'qemu:4101:scsi0',
      [
        'qemu:4101:scsi0 > dm-6 > dm-4 > dm-2 > nvme0n1p3 > nvme0n1',
        'qemu:4101:scsi0 > dm-6 > dm-4 > dm-3 > nvme0n1p3 > nvme0n1',
      ],
    ],
    [
      'xcpng',
      'xen:7:51712',
      [
        'xen:7:51712 > tda > dm-1 > dm-0 > sda > iscsi-target:iqn.2026-11.example:sr1@10.9.0.2:3260',
        'xen:7:51712 > tda > dm-1 > dm-0 > sdb > iscsi-target:iqn.2026-11.example:sr1@10.9.1.2:3260',
      ],
    ],
    ['openstack', 'qemu:5001:virtio-disk0', ['qemu:5001:virtio-disk0 > path:rbd:vms/5001_disk']],
    ['openstack', 'qemu:5002:virtio-disk0', ['qemu:5002:virtio-disk0 > rbd0 > rbd:volumes/volume-5c1']],
    ['crypt-raid', 'dm-0', ['dm-0 > md0 > nvme0n1', 'dm-0 > md0 > nvme1n1']],
    [
      'nvme-tcp',
      'nvme0n2',
      [
        'nvme0n2 > nvme0c0n2 > nvme-target:nqn.2026-11.example:array@10.9.0.2:4420',
        'nvme0n2 > nvme0c1n2 > nvme-target:nqn.2026-11.example:array@10.9.1.2:4420',
      ],
    ],
    [
      'caches',
      'loop0',
      [
        'loop0 > file:/var/lib/libvirt/images/disk.img > dm-3 > dm-2 > nvme0n1p2 > nvme0n1',
        'loop0 > file:/var/lib/libvirt/images/disk.img > dm-3 > dm-1 > nvme0n1p2 > nvme0n1',
        'loop0 > file:/var/lib/libvirt/images/disk.img > dm-3 > dm-0 > sdb',
      ],
    ],
    ['caches', 'bcache0', ['bcache0 > nvme0n1p1 > nvme0n1', 'bcache0 > sda']],
    ['drbd', 'drbd0', ['drbd0 > dm-0 > nvme0n1', 'drbd0 > drbd-peer:10.2.0.2:7788']],
    ['nfs-nbd', 'qemu:6001:virtio0', ['qemu:6001:virtio0 > file:/mnt/vms/on-nfs.qcow2 > nfs:10.7.0.3:/export/vms']],
    ['nfs-nbd', 'nbd0', ['nbd0 > nbd:10.7.0.9:10809@nbd0']],
    ['xen-lvm', 'xen:5:51712', ['xen:5:51712 > dm-2 > sda']],
    ['nested', 'dm-7', ['dm-7 > dm-6 > dm-5 > dm-4 > dm-3 > dm-2 > dm-1 > dm-0 > vda', 'dm-7 > vdc']],
  ])('%s: %s', (name, id, ways) => {
    expect(waysDown(discoverFixture(name), id)).toEqual(ways);
  });

  it('name both disks of a btrfs, whose own device number is anonymous', () => {
    const root = discoverFixture('nested').users.find(({ id }) => id === 'mount:/');
    expect(root?.below).toEqual(['vdb', 'dm-7']);
  });
});

describe('the limit on I/Os in flight', () => {
  it.each<[string, string, number | null, string]>([
    ['proxmox', 'qemu:4101:scsi0', 1024, 'command line of process 4101'],
    ['proxmox', 'nvme0n1', 31 * 1023, '/sys/block/nvme0n1/mq/0/nr_tags'],
    ['proxmox', 'dm-4', null, ''],
    ['xcpng', 'xen:7:51712', 32, '/dev/shm/vbd3-7-51712/io_ring'],
    ['xcpng', 'sda', 32, '/sys/block/sda/device/queue_depth'],
    ['xcpng', 'dm-0', 2048, '/sys/block/dm-0/mq/0/nr_tags'],
    ['openstack', 'qemu:5002:virtio-disk0', 2048, 'command line of process 5002'],
    ['openstack', 'rbd0', 1024, '/sys/block/rbd0/mq/0/nr_tags'],
    ['nvme-tcp', 'nvme0c0n1', 508, '/sys/block/nvme0c0n1/mq/0/nr_tags'],
    ['nvme-tcp', 'nvme0n1', null, ''],
    ['caches', 'loop0', 128, '/sys/block/loop0/mq/0/nr_tags'],
    ['xen-lvm', 'xen:4:51712', 512, 'xenstore-ls'],
  ])('%s: %s is %s', (name, id, inFlight, from) => {
    const { limit } = deviceOf(discoverFixture(name), id);
    expect(limit && { inFlight: limit.inFlight, from: limit.from }).toEqual(
      inFlight === null ? null : { inFlight, from },
    );
  });

  it('says whose it is where disks share it', () => {
    const found = discoverFixture('xcpng');
    expect([deviceOf(found, 'sda'), deviceOf(found, 'sdb')].map(({ limit }) => limit?.sharedIn)).toEqual([
      'host3',
      'host4',
    ]);
  });
});

describe('parameters', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['proxmox', 'dm-4', { block: '128 sectors', options: 'skip_block_zeroing', 'made by': 'LVM (tpool)' }],
    ['proxmox', 'qemu:4101:scsi0', { aio: 'io_uring', cache: 'direct', iothread: 'iothread-virtioscsi0' }],
    ['xcpng', 'sda', { proc_name: 'iscsi_tcp', can_queue: '113', max_burst_len: '262144', scheduler: 'mq-deadline' }],
    ['xcpng', 'dm-0', { selector: 'service-time', paths: '2', features: 'queue_if_no_path' }],
    [
      'crypt-raid',
      'dm-0',
      { cipher: 'aes-xts-plain64', 'key bits': '512', options: 'no_read_workqueue no_write_workqueue' },
    ],
    ['crypt-raid', 'md0', { level: 'raid1', raid_disks: '2', consistency_policy: 'bitmap' }],
    ['nvme-tcp', 'dm-0', { stripes: '2', chunk: '128 sectors' }],
    ['nvme-tcp', 'nvme0c0n1', { queue_count: '5', sqsize: '127', kato: '5', ctrl_loss_tmo: '600' }],
    ['nvme-tcp', 'nvme0n1', { iopolicy: 'round-robin' }],
    [
      'nvme-tcp',
      'nvme-target:nqn.2026-11.example:array@10.9.0.2:4420',
      { 'minrtt ms': '0.3', mtu: '9000', sockets: '5' },
    ],
    ['caches', 'bcache0', { cache_mode: 'writeback', sequential_cutoff: '4194304', bucket_size: '512.0k' }],
    ['caches', 'dm-3', { mode: 'writethrough', policy: 'smq', block: '192 sectors' }],
    ['caches', 'qemu:7001:disk0', { cache: 'none', opened: 'buffered', 'queue size': '128' }],
    ['drbd', 'drbd0', { 'max-buffers': '8000', 'al-extents': '1237', 'sndbuf-size': '524288' }],
    ['nfs-nbd', 'nfs:10.7.0.3:/export/vms', { rsize: '1048576', nconnect: '4', 'most slots used': '37' }],
    ['nested', 'dm-1', { cipher: 'capi:xts(aes)-plain64', 'key bits': '512' }],
    ['nested', 'dm-2', { segments: '2' }],
  ])('of %s: %s', (name, id, values) => {
    const device = deviceOf(discoverFixture(name), id);
    expect(Object.fromEntries(Object.keys(values).map((key) => [key, valueOf(device, key)]))).toEqual(values);
  });

  it('tell who shares a device, and whose limits hold there', () => {
    const found = discoverFixture('proxmox');
    expect([deviceOf(found, 'dm-4').users, deviceOf(found, 'nvme0n1').users]).toEqual([2, 4]);
    expect(valueOf(deviceOf(found, 'dm-7'), 'io.max of /qemu.slice/102.scope')).toBe('riops=2000 wiops=1000');
    const [, second] = found.users;
    expect(valueOf({ parameters: second?.parameters ?? [] }, 'cpu.max')).toBe('200000 100000');
  });
});
