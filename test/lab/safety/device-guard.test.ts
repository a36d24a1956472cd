// Whoever uses a disk is found and named on a real kernel, whichever way it is used; and a disk that nobody gave up is not
// written to, whatever fio is told.

import { type LabCase, labCases, untilMeasuring } from '../../support/lab-cases.ts';

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
// What follows would show no more: a whole run on a disk stands in ../verdicts/plants.long.test.ts.
const enough = 'kill -TERM $agent';
const sum = 'blockdev --flushbufs /dev/vda; md5sum </dev/vda';
// Writes where it was told to read, with nothing left that would keep it from that.
const disobedient = `#!/bin/sh
for last; do :; done
sed -i s/^rw=randread/rw=randwrite/ "$last"
exec /usr/bin/fio.obedient --output-format=json+ "$last"`;

// A signature as its own tool has written it: fixtures/signatures.
const stored = (name: string): string => `xz -dc test/fixtures/signatures/${name}.xz`;
const iblock = '/sys/kernel/config/target/core/iblock_7';

const users: readonly LabCase[] = [
  held(
    'each-partition-used-otherwise',
    [
      '/dev/disk/by-id/virtio-crowd is in use: mounted at /tmp/mnt',
      'mounted at /media',
      'vdc3 is swap',
      /dm-\d+ \(someone\) stands on vdc4/,
      'md_hand stands on vdc5',
      'vdc5 is part of the RAID array md_hand',
      /vdc6 is part of the btrfs [0-9a-f-]{36}/,
      /dm-\d+ \(vg-lv\) stands on vdc7/,
      "the SCSI target's backstore iblock_7/store exports vdc8",
      /process \d+ \(nbd-server\) exports vdc9/,
      'vdc10 is part of the RAID array md_live',
    ],
    {
      device: '/dev/disk/by-id/virtio-crowd',
      before: `for i in $(seq 10); do addpart /dev/vdc $i $((i * 53248)) 49152; done
modprobe -a dm_mod ext4 btrfs md_mod raid1 target_core_mod target_core_iblock
mkdir -p /tmp/mnt /tmp/btrfs
mke2fs -q -F /dev/vdc1; mount /dev/vdc1 /tmp/mnt
mke2fs -q -F /dev/vdc2; unshare -m sh -c "mount /dev/vdc2 /media && exec sleep 600" & there=$!
mkswap /dev/vdc3; swapon /dev/vdc3
echo "0 2048 linear /dev/vdc4 0" | dmsetup create --noudevsync someone
${stored('md')} >/dev/vdc5; echo md_hand >/sys/module/md_mod/parameters/new_array
echo 1.2 >/sys/block/md_hand/md/metadata_version; cat /sys/class/block/vdc5/dev >/sys/block/md_hand/md/new_dev
echo md_live >/sys/module/md_mod/parameters/new_array
echo none >/sys/block/md_live/md/metadata_version; echo raid1 >/sys/block/md_live/md/level; echo 1 >/sys/block/md_live/md/raid_disks
cat /sys/class/block/vdc10/dev >/sys/block/md_live/md/new_dev; echo 20480 >/sys/block/md_live/md/component_size
echo 0 >/sys/block/md_live/md/dev-vdc10/slot; echo active >/sys/block/md_live/md/array_state; cat /sys/block/md_live/md/array_state
${stored('btrfs')} >/dev/vdc6; mount -t btrfs /dev/vdc6 /tmp/btrfs
echo "0 2048 linear /dev/vdc7 0" | dmsetup create --noudevsync -u LVM-someone vg-lv
mkdir -p ${iblock}/store; echo udev_path=/dev/vdc8 >${iblock}/store/control; echo 1 >${iblock}/store/enable
printf '#!/bin/sh\nsleep 600\n' >/tmp/nbd-server; chmod +x /tmp/nbd-server
printf '[generic]\n[disk]\n\texportname = /dev/vdc9\n' >/tmp/nbd.conf; /tmp/nbd-server -C /tmp/nbd.conf & nbd=$!
await 10 grep -q " /media " /proc/$there/mountinfo`,
      after: `kill $there $nbd; wait $there $nbd; umount /tmp/mnt /tmp/btrfs; swapoff /dev/vdc3
dmsetup remove --noudevsync someone; dmsetup remove --noudevsync vg-lv
for name in md_hand md_live; do echo clear >/sys/block/$name/md/array_state; done; rmdir ${iblock}/store ${iblock}
for i in $(seq 10); do delpart /dev/vdc $i; done`,
    },
  ),
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
      before: `modprobe loop; cp -a /dev/vda /dev/other; losetup /dev/loop0 /dev/other; rm /dev/other
modprobe nvmet; mkdir -p ${nvmet}/namespaces/4; echo /dev/vda >${nvmet}/namespaces/4/device_path
modprobe target_core_file; mkdir -p ${lio}/store
echo fd_dev_name=/dev/vda,fd_dev_size=1048576 >${lio}/store/control; echo 1 >${lio}/store/enable
sleep 600 </dev/vda & sleeping=$!
qemu-storage-daemon --blockdev driver=host_device,node-name=a,filename=/dev/vda,locking=on --export vhost-user-blk,id=e,node-name=a,writable=off,addr.type=unix,addr.path=/tmp/qsd & serving=$!
await 10 test -S /tmp/qsd`,
      after: `kill $sleeping $serving; wait $sleeping $serving; losetup -d /dev/loop0
rmdir ${nvmet}/namespaces/4 ${nvmet} ${lio}/store ${lio}`,
    },
  ),
  held('read-by-whoever-is-quick', [/\d+ I\/Os on vda within 5 s, \d+ in flight, whose sender is unknown/], {
    before: 'while sleep 0.3; do dd if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct; done & reading=$!',
    after: 'kill $reading; wait $reading',
  }),
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
    name: 'with-signatures',
    before: `mke2fs -q -F /dev/vda
${stored('pv')} | dd of=/dev/vda bs=512 skip=1 seek=1 count=1 iflag=fullblock conv=notrunc
${stored('md')} | dd of=/dev/vda bs=4k skip=1 seek=1 count=1 iflag=fullblock conv=notrunc
${stored('btrfs')} | dd of=/dev/vda bs=64k skip=1 seek=1 count=1 iflag=fullblock conv=notrunc`,
    profile: writing,
    args: '--destroy /dev/vda=scratch',
    after: 'wipefs -qa /dev/vda',
    status: 69,
    says: [
      /\/dev\/vda carries data: ext\d at/,
      'carries data: LVM2_member at 0x218',
      'carries data: linux_raid_member at 0x1000',
      'carries data: btrfs at 0x10040',
    ],
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
swapon /dev/vda || echo claimed
${enough}`,
    after: `${sum} | cmp - "$dir/sum" && echo not one byte differs`,
    status: 143,
    says: [],
    prints: 'kept out\nshared with device-mapper\nclaimed\nnot one byte differs',
  },
  {
    name: 'writes-with-consent',
    before: `{ ${sum}; } >"$dir/sum"`,
    profile: writing,
    args: '--destroy /dev/disk/by-id/virtio-scratch=scratch',
    meanwhile: `${untilMeasuring}\n${enough}`,
    after: `${sum} | cmp -s - "$dir/sum" || echo written`,
    status: 143,
    says: [],
    prints: 'written',
  },
  {
    name: 'opened-while-it-is-overwritten',
    // Long enough that it goes on when a slow machine finds the process.
    profile: writing.replace(quick, 'experiment: { settle: 200ms, measure: 5s, budget: 3m }\n'),
    args: '--destroy /dev/vda=scratch',
    meanwhile: `${untilMeasuring}\nexec 9</dev/vda; timeout 60 tail --pid=$agent -f /dev/null 9<&-; exec 9<&-`,
    status: 31,
    says: [/stopped as others came to the disk that this run overwrites: .*process \d+ \(bash\) has vda open/],
  },
];

labCases('the device guard', [...users, ...writes], { disks: ['32M:scratch', '20M:tiny', '290M:crowd'] });
