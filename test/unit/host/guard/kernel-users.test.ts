import { describe, expect, it } from 'vitest';
import { arrays, holders, loops, xenBackends } from '../../../../agent/host/guard/kernel-users.ts';
import { targets } from '../../../../agent/host/guard/targets.ts';
import { parseXenstore, xenstore } from '../../../../agent/host/guard/xenstore.ts';
import { fakeEyes, sdb } from '../../../support/fake-eyes.ts';

describe('holders', () => {
  const files = {
    '/sys/class/block/sdb/holders/dm-3': '',
    '/sys/class/block/sdb1/holders/md0': '',
    '/sys/class/block/dm-3/dm/name': 'vg-data\n',
  };

  it('of the disk and of its partitions are named, device-mapper by the name that people know', async () => {
    expect(await holders(undefined)(fakeEyes({ files }), sdb)).toEqual([
      { kind: 'user', what: 'dm-3 (vg-data) stands on sdb' },
      { kind: 'user', what: 'md0 stands on sdb1' },
    ]);
  });

  it('leave out our own, and miss it where it is not', async () => {
    const eyes = fakeEyes({ files });
    expect(await holders('dm-3')(eyes, sdb)).toEqual([{ kind: 'user', what: 'md0 stands on sdb1' }]);
    expect(await holders('dm-9')(eyes, sdb)).toContainEqual({ kind: 'blind', what: 'our own claim is not in effect' });
  });
});

it('an array that is inactive counts', async () => {
  const text =
    'Personalities : [raid1]\nmd127 : inactive sdb1[0](S) sdc1[1]\n      1000 blocks\n\nunused devices: <none>\n';
  expect(await arrays(fakeEyes({ files: { '/proc/mdstat': text } }), sdb)).toEqual([
    { kind: 'user', what: 'sdb1 is part of the RAID array md127' },
  ]);
});

it('a loop device is found by the device that the kernel knows beneath it, wherever its path leads', async () => {
  const files = { '/sys/block/loop7/loop/backing_file': '/dev/gone (deleted)\n', '/sys/block/loop8/size': '0\n' };
  const eyes = fakeEyes({ files, loops: { loop7: '8:17', loop8: new Error('no medium is asked') } });
  expect(await loops(eyes, sdb)).toEqual([{ kind: 'user', what: 'loop7 stands on sdb1' }]);
});

describe('targets', () => {
  it('of NVMe and SCSI that export the device are named', async () => {
    const core = '/sys/kernel/config/target/core';
    const files = {
      '/sys/kernel/config/nvmet/subsystems/nqn.a/namespaces/3/device_path': '/dev/x\n',
      [`${core}/iblock_0/one/udev_path`]: '/dev/y\n',
      [`${core}/fileio_1/two/udev_path`]: '\n',
      [`${core}/fileio_1/two/info`]:
        'Status: ACTIVATED\n        TCM FILEIO ID: 0        File: /dev/x  Size: 1048576  Mode: O_DSYNC Async: 0\n',
      [`${core}/iblock_0/other/udev_path`]: '/dev/z\n',
    };
    const nodes = { '/dev/x': '8:16', '/dev/y': '8:17', '/dev/z': '8:32' };
    expect((await targets(fakeEyes({ files, nodes }), sdb)).map(({ what }) => what)).toEqual([
      'the NVMe target nqn.a exports sdb as namespace 3',
      "the SCSI target's backstore iblock_0/one exports sdb1",
      "the SCSI target's backstore fileio_1/two exports sdb",
    ]);
  });

  it('that export what is not there any more are no proof that it was another', async () => {
    const files = {
      '/sys/kernel/config/nvmet/subsystems/nqn.a/namespaces/3/device_path': '/dev/gone\n',
      '/sys/kernel/config/nvmet/subsystems/nqn.a/namespaces/3/enable': '1\n',
      '/sys/kernel/config/nvmet/subsystems/nqn.a/namespaces/4/device_path': '/dev/gone\n',
      '/sys/kernel/config/nvmet/subsystems/nqn.a/namespaces/4/enable': '0\n',
      '/sys/kernel/config/target/core/iblock_0/one/udev_path': 'a name of its own\n',
      '/sys/kernel/config/target/core/fileio_1/two/info': 'TCM FILEIO ID: 0        File: /dev/gone  Size: 1048576\n',
      '/dev/other': '',
    };
    expect(await targets(fakeEyes({ files }), sdb)).toEqual([
      { kind: 'blind', what: 'the NVMe target nqn.a exports /dev/gone as namespace 3, which is not there' },
      { kind: 'blind', what: "the SCSI target's backstore fileio_1/two exports /dev/gone, which is not there" },
    ]);
  });

  it('that cannot be seen are no proof that there are none', async () => {
    const eyes = fakeEyes({ files: { '/sys/module/nvmet/initstate': 'live\n' } });
    expect(await targets(eyes, sdb)).toMatchObject([
      { kind: 'blind', what: expect.stringContaining('nvmet') as string },
    ]);
  });
});

describe('Xen', () => {
  it('has its disks in sysfs by hexadecimal number', async () => {
    const files = {
      '/sys/bus/xen-backend/devices/vbd-7-51712/physical_device': '8:10\n',
      '/sys/bus/xen-backend/devices/vbd-8-51712/physical_device': '8:16\n',
      '/sys/bus/xen-backend/devices/vif-7-0/physical_device': '8:10\n',
    };
    expect(await xenBackends(fakeEyes({ files }), sdb)).toEqual([
      { kind: 'user', what: 'Xen domain 7 has sdb as its disk (vbd-7-51712)' },
    ]);
  });

  const dom0 = { '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': 'control_d\n' };
  const printed = [
    '/local/domain/0/backend/vbd/3/51712/physical-device = "8:11"',
    '/local/domain/0/backend/qdisk/4/51712/params = "aio:/dev/x"   (n0,r4)',
    '/local/domain/0/backend/qdisk/5/51712/params = "qcow2:/srv/a.qcow2"',
    '/local/domain/0/backend/vif/6/0/mac = "00:11"',
    '',
  ].join('\n');

  it('has more of them in xenstore: those of QEMU, and those that wait', async () => {
    const found = await xenstore(fakeEyes({ files: dom0, printed, nodes: { '/dev/x': '8:16' } }), sdb);
    expect(found.map(({ what }) => what)).toEqual([
      'xenstore gives sdb1 to Xen domain 3',
      'xenstore gives sdb to Xen domain 4',
    ]);
  });

  it('whose xenstore cannot be read is no proof that it has none; where there is no Xen nothing is asked', async () => {
    const printed = new Error('no such program');
    expect(await xenstore(fakeEyes({ files: dom0, printed }), sdb)).toMatchObject([{ kind: 'blind' }]);
    expect(await xenstore(fakeEyes({ files: { '/sys/hypervisor/type': 'kvm\n' }, printed }), sdb)).toEqual([]);
    const unmounted = { '/sys/hypervisor/type': 'xen\n', '/sys/hypervisor/properties/features': '00000800\n' };
    expect(await xenstore(fakeEyes({ files: unmounted, printed }), sdb)).toMatchObject([{ kind: 'blind' }]);
  });

  it('writes lines that are read to the end', () => {
    expect(parseXenstore('/a/backend/vbd/12/768/params = "/dev/a \\"b\\""')).toEqual([
      { domain: '12', key: 'params', value: '/dev/a \\"b\\"' },
    ]);
  });
});
