import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownKnobs } from '../../../agent/knobs/ids.ts';
import type { Knob } from '../../../agent/knobs/knob.ts';
import { readKnobs } from '../../../agent/knobs/registry.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import { knobsOf } from '../../support/knobs-of.ts';

describe('settings of the host', () => {
  const target = '/sys/kernel/config/target/iscsi/iqn.2026-01.example:a/tpgt_1';
  it.each<[string, string, Partial<Knob>]>([
    [
      '/sys/module/nfs/parameters/max_session_slots',
      '64',
      { id: 'nfs.slots', layer: 'network', limit: 64, atDefault: true },
    ],
    [`${target}/attrib/default_cmdsn_depth`, '64', { id: 'lio.cmdsn', layer: 'network', limit: 64, scope: 'shared' }],
    [
      `${target}/acls/iqn.b/cmdsn_depth`,
      '16',
      { id: 'lio.cmdsn', device: 'iqn.2026-01.example:a', limit: 16, atDefault: false },
    ],
    [
      '/sys/kernel/config/nvmet/subsystems/nqn.a/attr_qid_max',
      '1',
      { id: 'nvmet.qid', device: 'nqn.a', atDefault: false },
    ],
    ['/sys/kernel/config/nvmet/ports/1/param_max_queue_size', '128', { id: 'nvmet.qid', limit: 127, atDefault: false }],
    [
      '/sys/module/dm_mod/parameters/dm_mq_queue_depth',
      '2048',
      { id: 'dm.rqdepth', layer: 'blockstack', atDefault: true },
    ],
    ['/sys/module/loop/parameters/hw_queue_depth', '128', { id: 'loop.qd', layer: 'ring', atDefault: true }],
    ['/sys/module/null_blk/parameters/hw_queue_depth', '64', { id: 'null.qd', layer: 'media', atDefault: true }],
    [
      '/sys/module/xen_blkfront/parameters/max_ring_page_order',
      '0',
      { id: 'xen.order', layer: 'ring', atDefault: true },
    ],
    [
      '/sys/module/xen_blkback/parameters/max_persistent_grants',
      '1056',
      { id: 'xen.pgrants', layer: 'ring', atDefault: true },
    ],
    [
      '/sys/module/xen_blkfront/parameters/feature_persistent',
      'N',
      { id: 'xen.persistent', layer: 'ring', defaultValue: 'Y', atDefault: false },
    ],
    [
      '/sys/module/xen_blkback/parameters/feature_persistent',
      'Y',
      { id: 'xen.persistent', layer: 'ring', defaultValue: 'Y', atDefault: true },
    ],
    ['/proc/sys/fs/aio-max-nr', '65536', { id: 'aio.max', layer: 'load', limit: 65_536, scope: 'host' }],
    ['/proc/sys/net/ipv4/tcp_rmem', '4096 131072 6291456', { id: 'net.bdp', layer: 'network', atDefault: undefined }],
  ])('%s = %s', async (path, value, expected) => {
    expect(await knobsOf({ [path]: `${value}\n` })).toEqual([
      expect.objectContaining({ where: path, value, ...expected }),
    ]);
  });

  it("takes Xen's number of queues for its default where the host has fewer CPUs", async () => {
    const files = {
      '/sys/devices/system/cpu/online': '0-1\n',
      '/sys/module/xen_blkfront/parameters/max_queues': '2\n',
      '/sys/module/xen_blkback/parameters/max_queues': '2\n',
    };
    expect((await knobsOf(files)).map(({ defaultValue, atDefault }) => [defaultValue, atDefault])).toEqual([
      ['2', true],
      ['2', true],
    ]);
  });

  it('reads what the next iSCSI session gets', async () => {
    const text = '# node.session.cmds_max = 1\nnode.session.cmds_max = 2048\nnode.session.queue_depth=32\n';
    const knobs = await knobsOf({ '/etc/iscsi/iscsid.conf': text });
    expect(knobs.map(({ value, atDefault }) => [value, atDefault])).toEqual([
      ['2048', false],
      ['32', true],
    ]);
  });

  it('finds the rates of cgroups, however deep, and only where one is set', async () => {
    const deep = '/sys/fs/cgroup/machine.slice/vm-7';
    const knobs = await knobsOf({
      '/sys/fs/cgroup/machine.slice/io.max': '',
      '/sys/fs/cgroup/user.slice/io.max': '8:0 rbps=max wbps=max riops=max wiops=max\n',
      [`${deep}/io.max`]: '8:0 rbps=max wbps=max riops=500 wiops=max\n8:16 rbps=1 wbps=max riops=max wiops=max\n',
    });
    expect(knobs.map(({ value }) => value.slice(0, 5))).toEqual(['8:0 r', '8:16 ']);
    expect(knobs[0]).toMatchObject({ device: 'machine.slice/vm-7', scope: 'cgroup', atDefault: false, layer: 'load' });
    expect(knobs[0]).not.toHaveProperty('limit');
  });
});

describe('QEMU', () => {
  const daemon = (...words: readonly string[]) => ({
    '/proc/7/comm': 'qemu-storage-da\n',
    '/proc/7/cmdline': ['qemu-storage-daemon', ...words, ''].join('\0'),
    '/proc/8/comm': 'fio\n',
    '/proc/8/cmdline': 'fio\0aio=threads\0',
  });
  const ring = ['--export', 'vduse-blk,id=ring,node-name=disk,name=layerlift-abcdef-r1,num-queues=1'];
  const threads = ['--blockdev', 'host_device,node-name=disk,filename=/dev/dm-3,aio=threads'];

  it.each<[string, readonly string[], string, Partial<Knob> | undefined]>([
    [
      'its pool of threads',
      [...threads, ...ring],
      'vmm.pool',
      { value: '64', limit: 64, atDefault: true, scope: 'device' },
    ],
    [
      'a pool of another size',
      ['--object', 'iothread,id=io,thread-pool-max=8', ...threads, ...ring],
      'vmm.pool',
      { limit: 8, atDefault: false, device: 'layerlift-abcdef-r1' },
    ],
    [
      'no pool with another engine',
      ['--blockdev', 'host_device,filename=/dev/a,aio=native', ...ring],
      'vmm.pool',
      undefined,
    ],
    [
      'a pool that disks share',
      [...threads, ...ring, ...ring],
      'vmm.pool',
      { scope: 'shared', sharedIn: 'qemu-storage-da 7' },
    ],
    ['its I/O threads', ['--object', 'iothread,id=io', ...ring], 'vmm.iothreads', { value: '1' }],
    ['its main thread', ring, 'vmm.iothreads', { value: '0' }],
    ['a rate', ['--object', 'throttle-group,id=l,limits.iops-total=500', ...ring], 'vmm.throttle', { scope: 'device' }],
  ])('%s', async (_, words, id, expected) => {
    const found = (await knobsOf(daemon(...words))).filter((knob) => knob.id === id);
    expect(found).toEqual(
      expected ? [expect.objectContaining({ layer: 'ring', where: '/proc/7/cmdline', ...expected })] : [],
    );
  });

  it('of other runs says nothing of this one', async () => {
    const files = fakeTree(daemon(...threads, ...ring));
    expect((await readKnobs(files, 'layerlift-abcdef')).knobs.map(({ id }) => id)).toContain('vmm.pool');
    expect((await readKnobs(files, 'layerlift-012345')).knobs.map(({ id }) => id)).not.toContain('vmm.pool');
  });
});

it('every kind that is known is read by some source', () => {
  const folder = new URL('../../../agent/knobs/', import.meta.url);
  const sources = readdirSync(folder).filter(
    (name) => name.endsWith('.ts') && !/^(ids|suspects|match)\.ts$/.test(name),
  );
  const text = sources.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('');
  expect(Object.keys(knownKnobs).filter((id) => !text.includes(`'${id}'`))).toEqual([]);
});
