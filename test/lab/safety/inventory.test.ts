// What all tests of deaths rest on: the inventory sees what a run could leave behind. Each leak is planted, and seen in the facts
// that it names; nothing that is taken back stays in them.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';

interface Leak {
  readonly what: string;
  readonly plant: string;
  readonly takeBack: string;
  /** Facts that come, or go. */
  readonly seen: readonly RegExp[];
}

const leaks: readonly Leak[] = [
  {
    what: 'a device-mapper device',
    plant: `dmsetup create leak --table '0 8 zero'`,
    takeBack: 'dmsetup remove leak',
    seen: [/^block dm-/, /^node \/dev\/dm-/, /^table leak:/, /^device-mapper leak/],
  },
  {
    what: 'a device that stays suspended',
    plant: 'dmsetup suspend kept',
    takeBack: 'dmsetup resume kept',
    seen: [/^device-mapper kept:Suspended/],
  },
  {
    what: 'another table',
    plant: `dmsetup reload kept --table '0 8 error'; dmsetup resume kept`,
    takeBack: `dmsetup reload kept --table '0 8 zero'; dmsetup resume kept`,
    seen: [/^table kept:.* error/],
  },
  {
    what: 'a loop device',
    plant: 'truncate -s 1M /tmp/leak; losetup /dev/loop0 /tmp/leak',
    takeBack: 'losetup -d /dev/loop0',
    seen: [/^loop .*\/tmp\/leak/, /^block loop0 2048/],
  },
  {
    what: 'a null_blk device',
    plant: 'mkdir /sys/kernel/config/nullb/leak',
    takeBack: 'rmdir /sys/kernel/config/nullb/leak',
    seen: [/^path .*nullb\/leak$/],
  },
  {
    what: 'a target',
    plant: 'mkdir /sys/kernel/config/nvmet/subsystems/leak',
    takeBack: 'rmdir /sys/kernel/config/nvmet/subsystems/leak',
    seen: [/^path .*subsystems\/leak$/],
  },
  {
    what: 'a cgroup',
    plant: 'mkdir /sys/fs/cgroup/leak',
    takeBack: 'rmdir /sys/fs/cgroup/leak',
    seen: [/^path \/sys\/fs\/cgroup\/leak$/],
  },
  {
    what: 'a controller that is on',
    plant: 'echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control',
    takeBack: 'echo -cpuset >/sys/fs/cgroup/cgroup.subtree_control',
    seen: [/^controller cpuset/],
  },
  {
    what: 'the folder of a run',
    plant: 'mkdir -p /run/layerlift/abcdef',
    takeBack: 'rm -r /run/layerlift/abcdef',
    seen: [/^path \/run\/layerlift\/abcdef/],
  },
  {
    what: 'a network namespace',
    plant: 'ip netns add leak',
    takeBack: 'ip netns del leak',
    seen: [/^net \/run\/netns\/leak/, /^mount nsfs \/run\/netns\/leak/],
  },
  {
    what: 'a network device',
    plant: 'ip link add leak type veth peer name leak2',
    takeBack: 'ip link del leak',
    seen: [/^net \/sys\/class\/net\/leak2$/],
  },
  {
    what: 'a module',
    plant: 'modprobe raid0',
    takeBack: 'modprobe -r raid0',
    seen: [/^module raid0/],
  },
  {
    what: 'the parameter of a module',
    plant: 'cd /sys/module/nvme_core/parameters; was=$(<io_timeout); echo 77 >io_timeout; cd - >/dev/null',
    takeBack: 'echo "$was" >/sys/module/nvme_core/parameters/io_timeout',
    seen: [/^parameter .*nvme_core.*io_timeout 77/],
  },
  {
    what: 'a program of the load',
    plant: 'cp /bin/sleep /tmp/fio; /tmp/fio 600 & leaked=$!',
    takeBack: 'kill $leaked; wait $leaked',
    seen: [/^process fio/],
  },
  {
    what: 'a watchdog',
    plant: `bash -c 'sleep 600; :' layerlift-watchdog & leaked=$!; sleep 0.2`,
    takeBack: 'kill $leaked; wait $leaked',
    seen: [/^process watchdog/],
  },
  {
    what: 'rules for udev',
    plant: 'mkdir -p /run/udev/rules.d; : >/run/udev/rules.d/leak.rules',
    takeBack: 'rm /run/udev/rules.d/leak.rules; rmdir /run/udev/rules.d',
    seen: [/^rules .*leak\.rules/],
  },
  {
    what: 'a port that listens',
    plant: 'busybox nc -l -p 4420 & leaked=$!; sleep 0.2',
    takeBack: 'kill $leaked; wait $leaked',
    seen: [/^listens .*:1144/],
  },
  {
    what: 'a mount',
    plant: 'mount -t tmpfs leak /mnt',
    takeBack: 'umount /mnt',
    seen: [/^mount leak \/mnt tmpfs/],
  },
];

const nameOf = (index: number): string => `leak-${index}`;

test('an inventory shows each thing that a run could leave, and nothing once it is gone', async () => {
  const lab = await inLab(
    [
      `preload; modprobe loop; modprobe raid0; modprobe -r raid0; ip netns add leak; ip netns del leak; dmsetup create kept --table '0 8 zero'; inventory before`,
      ...leaks.map(({ plant, takeBack }, index) => `${plant}\ninventory ${nameOf(index)}\n${takeBack}`),
      'inventory after',
    ].join('\n'),
  );
  const facts = (name: string): readonly string[] => lab.file(name).split('\n');
  const before = facts('before');
  expect(before.length).toBeGreaterThan(100);
  leaks.forEach(({ what, seen }, index) => {
    const come = facts(nameOf(index)).filter((fact) => !before.includes(fact));
    for (const fact of seen) expect.soft(come, what).toContainEqual(expect.stringMatching(fact));
  });
  expect(facts('after')).toEqual(before);
  lab.dispose();
});
