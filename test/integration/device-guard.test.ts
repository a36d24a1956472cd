// Whoever uses a disk is found and named on a real kernel, whichever way it is used; and a disk that nobody gave up is not
// written to, whatever fio is told.

import { type LabCase, labCases, untilMeasuring } from '../support/lab-cases.ts';

const quick = 'experiment: { settle: 200ms, measure: 500ms, budget: 30s }\n';
const profile = (device: string, { workload = 'rw: randread', access = 'ro' } = {}): string =>
  `version: 1\nname: guarded\nguests: 1\nworkload: { ${workload}, bs: 64k }\n${quick}stack: { media: { deployed: { provider: device, device: ${device}, access: ${access} } } }\n`;
const writing = profile('/dev/vda', { workload: 'rw: randwrite', access: 'rw' });
const held = (
  name: string,
  says: LabCase['says'],
  lines: { before: string; after: string; device?: string },
): LabCase => ({
  name,
  profile: profile(lines.device ?? '/dev/vda'),
  status: 69,
  says,
  ...lines,
});
const nvmet = '/sys/kernel/config/nvmet/subsystems/nqn.someone';
const lio = '/sys/kernel/config/target/core/fileio_7';
const sum = 'blockdev --flushbufs /dev/vda; md5sum </dev/vda';
// Writes where it was told to read, with nothing left that would keep it from that.
const disobedient = `#!/bin/sh
for last; do :; done
sed -i s/^rw=randread/rw=randwrite/ "$last"
exec /usr/bin/fio.obedient --output-format=json+ "$last"`;

const users: readonly LabCase[] = [
  held(
    'mounted',
    [
      '/dev/disk/by-id/virtio-scratch is in use: mounted at /tmp/mnt',
      '/dev/disk/by-id/virtio-scratch is in use: mounted at /media',
    ],
    {
      device: '/dev/disk/by-id/virtio-scratch',
      before: `mke2fs -q -F /dev/vda; modprobe ext4; mkdir -p /tmp/mnt; mount /dev/vda /tmp/mnt
unshare -m sh -c "mount /dev/vda /media && exec sleep 600" & there=$!; sleep 5`,
      after: 'kill $there; wait $there; umount /tmp/mnt; wipefs -qa /dev/vda',
    },
  ),
  held('swap', ['vda is swap'], {
    before: 'mkswap /dev/vda; swapon /dev/vda',
    after: 'swapoff /dev/vda; wipefs -qa /dev/vda',
  }),
  held('held-by-device-mapper', [/\/dev\/vda is in use: dm-\d+ \(someone\) stands on vda/], {
    before: 'modprobe dm_mod; echo "0 2048 linear /dev/vda 0" | dmsetup create --noudevsync someone',
    after: 'dmsetup remove --noudevsync someone',
  }),
  held('a-partition-is-held', [/\(someone\) stands on vda1/], {
    before: `addpart /dev/vda 1 2048 65536; n=$(</sys/block/vda/vda1/dev)
echo "0 2048 linear $n 0" | dmsetup create --noudevsync someone`,
    after: 'dmsetup remove --noudevsync someone; delpart /dev/vda 1',
  }),
  held(
    'used-without-a-claim',
    [
      'loop0 stands on vda',
      'the NVMe target nqn.someone exports vda as namespace 4',
      "the SCSI target's backstore fileio_7/store exports vda",
      /process \d+ \(sleep\) has vda open/,
      /process \d+ \(qemu-storage-da\) has vda open/,
      'a lock on it is held (OFDLCK)',
    ],
    {
      before: `modprobe loop; losetup /dev/loop0 /dev/vda
modprobe nvmet; mkdir -p ${nvmet}/namespaces/4; echo /dev/vda >${nvmet}/namespaces/4/device_path
modprobe target_core_file; mkdir -p ${lio}/store
echo fd_dev_name=/dev/vda,fd_dev_size=1048576 >${lio}/store/control; echo 1 >${lio}/store/enable
sleep 600 </dev/vda & sleeping=$!
qemu-storage-daemon --blockdev driver=host_device,node-name=a,filename=/dev/vda,locking=on --export vhost-user-blk,id=e,node-name=a,writable=off,addr.type=unix,addr.path=/tmp/qsd & serving=$!
sleep 8`,
      after: `kill $sleeping $serving; wait $sleeping $serving; losetup -d /dev/loop0
rmdir ${nvmet}/namespaces/4 ${nvmet} ${lio}/store ${lio}`,
    },
  ),
];

const writes: readonly LabCase[] = [
  {
    name: 'writes-without-consent',
    profile: writing,
    status: 64,
    says: ['this run would overwrite /dev/vda', '--destroy /dev/vda=SERIAL'],
  },
  {
    name: 'another-device-named',
    profile: writing,
    args: '--destroy /dev/vdb=scratch',
    status: 64,
    says: ["--destroy names /dev/vdb, but the profile's device is /dev/vda"],
  },
  {
    name: 'another-serial',
    profile: writing,
    args: '--destroy /dev/vda=tiny',
    status: 69,
    says: ['the serial of /dev/vda is not "tiny"'],
  },
  {
    name: 'with-a-file-system',
    before: 'mke2fs -q -F /dev/vda',
    profile: writing,
    args: '--destroy /dev/vda=scratch',
    after: 'wipefs -qa /dev/vda',
    status: 69,
    says: ['/dev/vda carries data: ext'],
  },
  {
    name: 'fio-disobeys',
    before: `mv /usr/bin/fio /usr/bin/fio.obedient; cat >/usr/bin/fio <<'FIO'\n${disobedient}\nFIO\nchmod +x /usr/bin/fio; modprobe dm_flakey; { ${sum}; } >"$dir/sum"`,
    profile: profile('/dev/vda'),
    after: `mv /usr/bin/fio.obedient /usr/bin/fio; ${sum} | cmp - "$dir/sum" && echo not one byte differs; grep -c ^rw=randwrite "$dir"/runs/*/fio/guest-1.fio`,
    status: 30,
    says: [/fio of guest 1 ended in mid-run.*Input\/output error/],
    prints: 'not one byte differs\n1',
  },
  {
    name: 'others-are-kept-out',
    before: `{ ${sum}; } >"$dir/sum"`,
    profile: profile('/dev/vda'),
    meanwhile: `${untilMeasuring}
for name in /sys/block/dm-*/dm/name; do grep -q guard $name || continue; top=\${name#/sys/block/}; dd if=/dev/zero of=/dev/\${top%/dm/name} bs=64k count=1 oflag=direct || echo kept out; done
echo "0 8 linear /dev/vda 0" | dmsetup create --noudevsync x && { dmsetup remove --noudevsync x; echo shared with device-mapper; }
swapon /dev/vda || echo claimed`,
    after: `${sum} | cmp - "$dir/sum" && echo not one byte differs`,
    status: 'completed',
    says: [],
    prints: 'kept out\nshared with device-mapper\nclaimed\nnot one byte differs',
  },
  {
    name: 'writes-with-consent',
    before: `{ ${sum}; } >"$dir/sum"`,
    profile: writing,
    args: '--destroy /dev/disk/by-id/virtio-scratch=scratch',
    after: `${sum} | cmp -s - "$dir/sum" || echo written`,
    status: 'completed',
    says: [],
    prints: 'written',
  },
];

labCases('the device guard', [...users, ...writes], { disks: ['64M:scratch', '20M:tiny'] });
