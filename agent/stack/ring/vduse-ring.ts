// One virtio ring: a daemon in a cgroup of its own, the VDUSE device that it makes, and the disk that the kernel finds on it.

import type { Sought } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import type { Lane, Site } from '../provider.ts';
import { storageDaemonNeed } from '../storage-daemon.ts';

const newKernel = 'Linux 6.12 or newer has it; Debian: linux-image-6.12-amd64';

export const vduseNeeds: readonly Need[] = [
  { kind: 'module', name: 'vduse', forWhat: 'the virtio ring', hint: newKernel },
  { kind: 'module', name: 'virtio_vdpa', forWhat: 'the virtio ring', hint: newKernel },
  { kind: 'module', name: 'virtio_blk', forWhat: 'the disk on the ring' },
  { kind: 'tool', name: 'vdpa', debianPackage: 'iproute2' },
  storageDaemonNeed,
];

export const vduseMarks = [
  { folder: '/dev/vduse', name: /^layerlift-/ },
  { folder: '/sys/bus/vdpa/devices', name: /^layerlift-/ },
];

export async function loadVduse({ host }: Site): Promise<void> {
  for (const name of ['vduse', 'virtio_vdpa', 'virtio_blk'])
    await host.apply({ kind: 'module', name, why: 'the virtio ring' });
}

/** `part`: what tells this ring from others of the run; `daemon`: its arguments, by the name of its device. */
export async function raiseRing(
  site: Site,
  ring: {
    readonly part: string;
    readonly number: number;
    readonly sectors: number;
    readonly cpuMax: string | undefined;
    readonly daemon: (name: string) => readonly string[];
  },
): Promise<Lane> {
  const { host, names } = site;
  const { part, number, sectors, cpuMax, daemon } = ring;
  const name = names.object(part);
  const why = `the virtio ring of guest ${number}`;
  const cgroup = `${names.cgroup}/ring-${part}`;
  await host.apply({ kind: 'cgroup', path: cgroup, why });
  if (cpuMax !== undefined)
    await host.apply({ kind: 'write', path: `${cgroup}/cpu.max`, value: cpuMax, restore: 'never', why });
  await host.apply({ kind: 'vduse', name, why });
  await host.spawn({
    kind: 'spawn',
    survives: true,
    name: `qemu-storage-daemon ${number}`,
    // It keeps its log of the I/O that it has taken there, by which another daemon can go on after it.
    argv: ['env', `TMPDIR=${stateFolder}/${names.run}`, 'qemu-storage-daemon', ...daemon(name)],
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
  return { device: await host.find(diskOf(name)), sectors };
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
