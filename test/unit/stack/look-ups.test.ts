// How each provider finds what it has brought about, on texts of sysfs as kernels show them.

import { expect, it } from 'vitest';
import type { Reads } from '../../../agent/host/reads.ts';
import { diskOfOurs } from '../../../agent/stack/network/lio-target.ts';
import { namespaceOf } from '../../../agent/stack/network/nvmet-target.ts';
import { diskOfAdapter } from '../../../agent/stack/media/scsi-debug.ts';
import { diskOf as lunDisk } from '../../../agent/stack/ring/tcm-loop.ts';
import { diskOf as vdpaDisk } from '../../../agent/stack/ring/vduse-ring.ts';

function readsOf(files: Readonly<Record<string, string>>): Reads {
  return {
    read: (path) => Promise.resolve(files[path]),
    list: (folder) => {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))]);
    },
  };
}

const look = (sought: ReturnType<typeof namespaceOf>, files: Readonly<Record<string, string>>) =>
  'look' in sought ? sought.look(readsOf(files)) : undefined;

const ours = { nqn: 'nqn.x:net', hostnqn: 'nqn.host:a' };
const controller = (name: string, path: { nqn: string; hostnqn: string }, state: string) => ({
  [`/sys/class/nvme/${name}/subsysnqn`]: `${path.nqn}\n`,
  [`/sys/class/nvme/${name}/hostnqn`]: `${path.hostnqn}\n`,
  [`/sys/class/nvme/${name}/state`]: `${state}\n`,
});

it.each([
  ['no controller at all', {}, undefined],
  [
    'the disk below our controller',
    { ...controller('nvme1', ours, 'live'), '/sys/class/nvme/nvme1/nvme1n1': '' },
    '/dev/nvme1n1',
  ],
  [
    'a controller of another host NQN is not ours',
    { ...controller('nvme0', { ...ours, hostnqn: 'nqn.host:b' }, 'live'), '/sys/class/nvme/nvme0/nvme0n1': '' },
    undefined,
  ],
  [
    'not before the controller is live',
    { ...controller('nvme1', ours, 'connecting'), '/sys/class/nvme/nvme1/nvme1n1': '' },
    undefined,
  ],
  [
    'the disk below the subsystem, where the kernel does multipath; paths have names of their own',
    {
      ...controller('nvme1', ours, 'live'),
      '/sys/class/nvme/nvme1/nvme0c1n1': '',
      '/sys/class/nvme-subsystem/nvme-subsys3/subsysnqn': 'nqn.other\n',
      '/sys/class/nvme-subsystem/nvme-subsys3/nvme3n1': '',
      '/sys/class/nvme-subsystem/nvme-subsys0/subsysnqn': `${ours.nqn}\n`,
      '/sys/class/nvme-subsystem/nvme-subsys0/nvme0n1': '',
    },
    '/dev/nvme0n1',
  ],
  [
    'no disk of a subsystem that another connected',
    {
      '/sys/class/nvme-subsystem/nvme-subsys0/subsysnqn': `${ours.nqn}\n`,
      '/sys/class/nvme-subsystem/nvme-subsys0/nvme0n1': '',
    },
    undefined,
  ],
] as const)('an NVMe namespace: %s', async (_, files, expected) => {
  expect(await look(namespaceOf(ours), files)).toBe(expected);
});

it('the disk of an iSCSI session is found by the name of its initiator, and by who had it made', async () => {
  const session = (number: number, creator: string, initiator: string) => ({
    [`/sys/class/iscsi_session/session${number}/creator`]: `${creator}\n`,
    [`/sys/class/iscsi_session/session${number}/initiatorname`]: `${initiator}\n`,
    [`/sys/class/iscsi_session/session${number}/device/target${number}:0:0/${number}:0:0:0/block/sd${'abcd'[number] ?? ''}/size`]:
      '8',
  });
  const mark = { initiator: 'iqn.ours', creator: 1_073_741_825 };
  const sought = diskOfOurs(mark);
  expect(await look(sought, session(0, '812', 'iqn.ours'))).toBeUndefined();
  expect(await look(sought, session(1, '1073741825', 'iqn.other'))).toBeUndefined();
  const files = { ...session(0, '812', 'iqn.ours'), ...session(2, '1073741825', 'iqn.ours') };
  expect(await look(sought, files)).toBe('/dev/sdc');
});

it('the disk of a LUN is found by the address that the kernel gave the adapter', async () => {
  const disk = {
    '/sys/class/scsi_device/2:0:1:3/device/block/sdc': '',
    '/sys/class/scsi_device/1:0:1:3/device/block/sda': '',
  };
  expect(await look(lunDisk('/t', 3), disk)).toBeUndefined();
  expect(await look(lunDisk('/t', 3), { ...disk, '/t/address': '2:0:1\n' })).toBe('/dev/sdc');
  expect(await look(lunDisk('/t', 4), { ...disk, '/t/address': '2:0:1\n' })).toBeUndefined();
});

it('the disk of a vDPA device is found below its virtio device', async () => {
  const folder = '/sys/bus/vdpa/devices/layerlift-x-r1';
  expect(await look(vdpaDisk('layerlift-x-r1'), { [`${folder}/driver`]: '' })).toBeUndefined();
  expect(await look(vdpaDisk('layerlift-x-r1'), { [`${folder}/virtio7/block/vdb`]: '' })).toBe('/dev/vdb');
});

it('the disk of scsi_debug is the one of its own adapter', async () => {
  const adapter = '/sys/bus/pseudo/drivers/scsi_debug/adapter0/host5/scsi_host';
  const others = { '/sys/class/scsi_device/2:0:0:0/device/block/sda': '' };
  expect(await look(diskOfAdapter, others)).toBeUndefined();
  expect(await look(diskOfAdapter, { ...others, [adapter]: '' })).toBeUndefined();
  const disk = { '/sys/class/scsi_device/5:0:0:0/device/block/sdb': '' };
  expect(await look(diskOfAdapter, { ...others, [adapter]: '', ...disk })).toBe('/dev/sdb');
});
