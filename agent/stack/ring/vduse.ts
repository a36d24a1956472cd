import * as z from 'zod';
import type { Sought } from '../../host/host.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';

const newKernel = 'Linux 6.12 or newer has it; Debian: linux-image-6.12-amd64';

/** A true virtio ring for each guest: virtio-blk on a vDPA device that qemu-storage-daemon serves through VDUSE. */
export const vduse = defineProvider({
  layer: 'ring',
  name: 'vduse',
  roles: ['deployed'],
  about: 'a virtio ring (VDUSE): virtio-blk served by qemu-storage-daemon',
  marks: [
    { folder: '/dev/vduse', name: /^layerlift-/ },
    { folder: '/sys/bus/vdpa/devices', name: /^layerlift-/ },
  ],
  settings: z.strictObject({
    queues: wholeNumber(1, 16).default(1).describe('rings of each guest'),
    queueSize: wholeNumber(4, 1024)
      .refine((size) => Number.isInteger(Math.log2(size)), 'expected a power of two from 4 to 1024')
      .default(256)
      .meta({ description: 'entries of each ring', values: 'a power of two, 4 to 1024' }),
  }),
  configure: (settings) => ({
    needs: [
      { kind: 'module', name: 'vduse', forWhat: 'the virtio ring', hint: newKernel },
      { kind: 'module', name: 'virtio_vdpa', forWhat: 'the virtio ring', hint: newKernel },
      { kind: 'module', name: 'virtio_blk', forWhat: 'the disk on the ring' },
      { kind: 'tool', name: 'vdpa', debianPackage: 'iproute2' },
      {
        kind: 'tool',
        name: 'qemu-storage-daemon',
        debianPackage: { name: 'qemu-utils', upTo: { release: 12, name: 'qemu-system-common' } },
      },
    ],
    lanes: 'per-guest',
    raise: async (site) => {
      for (const name of ['vduse', 'virtio_vdpa', 'virtio_blk'])
        await site.host.apply({ kind: 'module', name, why: 'the virtio ring' });
      const disks: Lane[] = [];
      for (const [i, lane] of site.under.entries())
        disks.push(await raiseRing(site, lane, { number: i + 1, ...settings }));
      return disks;
    },
  }),
});

async function raiseRing(
  site: Site,
  lane: Lane,
  ring: { number: number; queues: number; queueSize: number },
): Promise<Lane> {
  const { host, names } = site;
  const name = names.object(`r${ring.number}`);
  const why = `the virtio ring of guest ${ring.number}`;
  const cgroup = `${names.cgroup}/ring${ring.number}`;
  await host.apply({ kind: 'cgroup', path: cgroup, why });
  await host.apply({ kind: 'vduse', name, why });
  const blockdev = `host_device,node-name=disk,filename=${lane.device},cache.direct=on,aio=native`;
  const queues = `num-queues=${ring.queues},queue-size=${ring.queueSize}`;
  const argv = [
    '--blockdev',
    blockdev,
    '--export',
    `vduse-blk,id=ring,node-name=disk,name=${name},${queues},writable=on`,
  ];
  await host.spawn({
    kind: 'spawn',
    survives: true,
    name: `qemu-storage-daemon ${ring.number}`,
    // It keeps its log of the I/O that it has taken there, by which another daemon can go on after it.
    argv: ['env', `TMPDIR=${stateFolder}/${names.run}`, 'qemu-storage-daemon', ...argv],
    cgroup,
    why,
  });
  await host.find({ path: `/dev/vduse/${name}` });
  await host.apply({
    kind: 'exec',
    argv: ['vdpa', 'dev', 'add', 'name', name, 'mgmtdev', 'vduse'],
    undo: ['vdpa', 'dev', 'del', name],
    witness: { path: `/sys/bus/vdpa/devices/${name}` },
    why,
  });
  return { device: await host.find(diskOf(name)), sectors: lane.sectors };
}

/** The virtio disk below a vDPA device. */
export function diskOf(name: string): Sought {
  return {
    what: `the disk of vdpa device ${name}`,
    look: async ({ list }) => {
      const folder = `/sys/bus/vdpa/devices/${name}`;
      const virtio = (await list(folder)).find((entry) => /^virtio\d+$/.test(entry));
      if (!virtio) return undefined;
      const [disk] = await list(`${folder}/${virtio}/block`);
      return disk === undefined ? undefined : `/dev/${disk}`;
    },
  };
}
