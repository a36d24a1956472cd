import { describe, expect, it } from 'vitest';
import { disk, founding, type Tree } from '../../support/fake-tree.ts';
import { knobOf, knobsOf } from '../../support/knobs-of.ts';

describe('a disk', () => {
  it.each<[string, string, string, string, number, boolean | undefined]>([
    ['vda', '256', 'virtio.qsz', 'ring', 256, true],
    ['xvda', '32', 'xen.order', 'ring', 32, true],
    ['xvda', '512', 'xen.order', 'ring', 512, false],
    ['loop0', '128', 'loop.qd', 'ring', 128, true],
    ['ublkb0', '128', 'ublk.qd', 'ring', 128, true],
    ['nbd0', '128', 'nbd.conn', 'network', 128, true],
    ['rbd0', '128', 'rbd.qd', 'network', 128, true],
    ['dm-3', '2048', 'dm.rqdepth', 'blockstack', 2048, true],
    ['nullb0', '64', 'null.qd', 'media', 64, true],
    ['mmcblk0', '63', 'blk.tags', 'media', 63, undefined],
  ])('%s with %s tags is %s in %s', async (name, tags, id, layer, limit, atDefault) => {
    expect(await knobOf(disk(name, tags, { queues: 4 }), id, name)).toMatchObject({
      ...{ layer, value: tags, limit, atDefault, queues: 4, scope: 'queue', where: `/sys/block/${name}/mq/0/nr_tags` },
    });
  });

  it('of VDUSE or with a name of its own is known by its driver', async () => {
    const vduse = { ...disk('vdb', '256'), '/sys/bus/vdpa/devices/v0/virtio5/block/vdb/size': '8\n' };
    expect(await knobOf(vduse, 'vduse.qsz', 'vdb')).toMatchObject({ layer: 'ring', limit: 256 });
    const named = { ...disk('model', '64'), '/sys/kernel/config/nullb/model/power': '1\n' };
    expect(await knobOf(named, 'null.qd', 'model')).toMatchObject({ layer: 'media', atDefault: true });
  });

  it('that takes bios directly, or has nothing attached, has no knobs', async () => {
    expect(await knobsOf({ '/sys/block/dm-0/size': '8\n', '/sys/block/dm-0/queue/nr_requests': '128\n' })).toEqual([]);
    expect(await knobsOf({ ...disk('loop7', '128'), '/sys/block/loop7/size': '0\n' })).toEqual([]);
  });

  const queue = '/sys/block/vda/queue';
  it.each([
    ['[none] kyber', '256', { defaultValue: '256', atDefault: true }, undefined],
    ['[none] kyber', '16', { defaultValue: '256', atDefault: false }, 16],
    ['none [mq-deadline]', '256', { defaultValue: '256', atDefault: true }, undefined],
    ['none [mq-deadline]', '32', { defaultValue: '256', atDefault: false }, 32],
  ])(
    'with scheduler %s and nr_requests %s is limited by it only below its tags',
    async (scheduler, value, as, limit) => {
      const files = { ...disk('vda', '256'), [`${queue}/scheduler`]: scheduler, [`${queue}/nr_requests`]: value };
      const knob = await knobOf(files, 'blk.nrreq', 'vda');
      expect(knob).toMatchObject({ ...as, scope: 'queue' });
      expect(knob.limit).toBe(limit);
    },
  );

  it('with 1023 tags behind a scheduler is limited by nr_requests at its default', async () => {
    const files = {
      ...disk('vda', '1023'),
      [`${queue}/scheduler`]: 'none [mq-deadline]',
      [`${queue}/nr_requests`]: '256',
    };
    expect(await knobOf(files, 'blk.nrreq', 'vda')).toMatchObject({ atDefault: true, limit: 256 });
  });

  it('with kyber has its two depths, with wbt no limit on direct I/O', async () => {
    const files = { ...disk('vda', '256'), [`${queue}/scheduler`]: 'none [kyber]', [`${queue}/wbt_lat_usec`]: '0' };
    const knobs = await knobsOf(files);
    expect(knobs.filter(({ id }) => id === 'blk.kyber').map(({ limit }) => limit)).toEqual([256, 128]);
    expect(await knobOf(files, 'blk.wbt', 'vda')).toMatchObject({ defaultValue: '2000', atDefault: false });
    expect(await knobOf(files, 'blk.wbt', 'vda')).not.toHaveProperty('limit');
  });

  it.each([
    ['vda', '0', '0', true],
    ['vda', '2', '0', false],
    ['loop0', '2', undefined, undefined],
  ])('%s merges I/Os or not (nomerges %s), which limits none', async (name, value, defaultValue, atDefault) => {
    const where = `/sys/block/${name}/queue/nomerges`;
    const knob = await knobOf({ ...disk(name, '128'), [where]: `${value}\n` }, 'blk.merge', name);
    expect(knob).toMatchObject({ name: 'nomerges', where, value, atDefault, scope: 'device' });
    expect(knob.defaultValue).toBe(defaultValue);
    expect(knob).not.toHaveProperty('limit');
  });

  it('of the media has nomerges in that layer', async () => {
    for (const files of [
      disk('nullb0', '64'),
      { ...disk('nvme1n1', '1023'), '/sys/block/nvme1n1/device/transport': 'pcie\n' },
    ]) {
      const name = Object.keys(files)[0]?.split('/')[3] ?? '';
      const tree = { ...files, [`/sys/block/${name}/queue/nomerges`]: '1\n' };
      expect(await knobOf(tree, 'blk.merge', name)).toMatchObject({ layer: 'media', atDefault: false });
    }
  });

  it('shares tags fairly with the others that are busy, at least four', async () => {
    const path = '/sys/kernel/debug/block/sda/hctx0/tags';
    const shown = (active: number): Tree => ({
      ...founding,
      [path]: `nr_tags=64\nnr_reserved_tags=0\nactive_queues=${active}\n\nbitmap_tags:\ndepth=64\nbusy=0\nws_active=0\n`,
    });
    expect(await knobOf(shown(3), 'blk.fair', 'sda')).toMatchObject({ value: '3', limit: 22, layer: 'ring' });
    expect(await knobOf(shown(40), 'blk.fair', 'sda')).toMatchObject({ limit: 4 });
    expect((await knobsOf(shown(1))).filter(({ id }) => id === 'blk.fair')).toEqual([]);
  });
});

describe('an NVMe controller', () => {
  const controller = (transport: string, sqsize: string, disks: readonly string[]): Tree => ({
    '/sys/class/nvme/nvme1/transport': `${transport}\n`,
    '/sys/class/nvme/nvme1/sqsize': `${sqsize}\n`,
    '/sys/class/nvme/nvme1/queue_count': '3\n',
    ...(Object.fromEntries(
      disks.flatMap((name) => [
        [`/sys/class/nvme/nvme1/${name}/size`, '8'],
        [`/sys/block/${name}/device/transport`, `${transport}\n`],
      ]),
    ) as Tree),
  });

  it('over fabrics shares 127 of 128 in each queue among its namespaces', async () => {
    const files = {
      ...controller('tcp', '127', ['nvme0c1n1', 'nvme0c1n2']),
      ...disk('nvme0c1n1', '128', { queues: 2, reserved: '1' }),
      ...disk('nvme0c1n2', '128', { queues: 2, reserved: '1' }),
      // The head of its paths takes bios.
      '/sys/block/nvme0n1/size': '8',
      '/sys/block/nvme0n1/queue/nr_requests': '128',
    };
    const knobs = await knobsOf(files);
    expect(knobs.find(({ name }) => name === 'sqsize')).toMatchObject({
      ...{ id: 'nvmf.qsz', layer: 'network', value: '127', atDefault: true, limit: 127, queues: 2, scope: 'shared' },
    });
    const tags = knobs.filter(({ id }) => id === 'blk.tags');
    expect(tags.map(({ device }) => device)).toEqual(['nvme0c1n1', 'nvme0c1n2']);
    expect(tags[0]).toMatchObject({ value: '128', limit: 127, sharedIn: 'nvme1', layer: 'network' });
    expect(knobs.find(({ name }) => name.startsWith('queue_count'))).toMatchObject({ value: '3' });
  });

  it('in the host is media, without a default of its own', async () => {
    const files = { ...controller('pcie', '1023', ['nvme1n1']), ...disk('nvme1n1', '1023', { queues: 8 }) };
    const knobs = await knobsOf({ ...files, '/sys/module/nvme/parameters/io_queue_depth': '1024\n' });
    expect(knobs.find(({ name }) => name === 'sqsize')).toMatchObject({
      ...{ id: 'nvme.qd', layer: 'media', limit: 1023, queues: 8, atDefault: undefined },
    });
    expect(knobs.find(({ name }) => name === 'nvme.io_queue_depth')).toMatchObject({ atDefault: true });
  });

  it('without a namespace implies no limit', async () => {
    const knobs = await knobsOf(controller('tcp', '127', []));
    expect(knobs.find(({ name }) => name === 'sqsize')).not.toHaveProperty('limit');
  });
});
