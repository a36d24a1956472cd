// Nobody else takes up a device of the run: what passes through it may be, byte for byte, a disk that the host knows.
//
// Where udev runs, each device that appears is looked into, and what it carries is put to use: a volume group or an array
// on a copy is activated, links by UUID point at it, multipathd joins it to its twin, udisks offers it. A rules file that
// comes before all others tells each of them to leave it. What a rule sets, later ones look at:
// - UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG: no look into it and no links (systemd, rules.d/60-persistent-storage.rules)
// - SYSTEMD_READY: no unit, and nothing that md, LVM or btrfs bind to one (systemd, rules.d/99-systemd.rules)
// - DM_UDEV_DISABLE_*: LVM and the rules of other subsystems (lvm2, udev/10-dm.rules.in, 69-dm-lvm.rules.in)
// - DM_MULTIPATH_DEVICE_PATH, nompath: multipath (multipath-tools, multipath/multipath.rules)
// - UDISKS_IGNORE: udisks (udisks(8), "DEVICE INFORMATION")
// - nowatch: no event each time that somebody closes it after writing (udev(7), OPTIONS)
// - DM_COOKIE: without one, no dmsetup is started to take note of a change that nobody waits for (95-dm-notify.rules)

import type { Host } from '../host/host.ts';
import type { Names } from './names.ts';

const folder = '/run/udev/rules.d';

/** All that can be told by the marks of the run. To be applied before any of its devices is made. */
export async function keepOthersAway(host: Host, names: Names): Promise<void> {
  await apply(host, names, '', [
    `KERNEL=="nvme*", ATTRS{subsysnqn}=="${names.nqn('*')}"`,
    `KERNEL=="nvme*", ATTRS{hostnqn}=="${names.hostnqns}"`,
    `KERNEL=="sd*", ATTRS{model}=="${names.scsiModel}"`,
    `KERNEL=="vd*", DEVPATH=="*/${names.object('*')}/*"`,
    `KERNEL=="${names.object('*')}"`,
  ]);
}

/** Devices without a mark: by the names that they are about to get. `part` tells these rules from others of the run. */
export async function keepOthersAwayFrom(
  host: Host,
  names: Names,
  devices: { readonly part: string; readonly kernelNames: readonly string[] },
): Promise<void> {
  await apply(host, names, `-${devices.part}`, [`KERNEL=="${devices.kernelNames.join('|')}"`]);
}

async function apply(host: Host, names: Names, part: string, matches: readonly string[]): Promise<void> {
  const path = `${folder}/00-${names.object(`quiet${part}`)}.rules`;
  const why = 'so that udev, LVM, md, multipath and udisks leave the devices of the run alone';
  await host.apply({ kind: 'udev-rules', path, rules: udevRules(names, matches), why });
}

/** `matches`: each names devices of the run; those of device-mapper are always among them. */
export function udevRules({ run, dm }: Names, matches: readonly string[]): string {
  const whole = `layerlift_${run}_whole`;
  const ours = `layerlift_${run}_ours`;
  const end = `layerlift_${run}_end`;
  return `${[
    `# Made by layerlift run ${run}, and removed by it: its devices are left alone.`,
    `SUBSYSTEM!="block", GOTO="${end}"`,
    // A device that goes has no attributes any more; what was set for it is remembered.
    `ACTION=="remove", ENV{LAYERLIFT_RUN}=="${run}", ENV{DM_COOKIE}=""`,
    `ACTION=="remove", GOTO="${end}"`,
    `KERNEL=="dm-*", ATTR{dm/uuid}=="${dm('*').uuid}", GOTO="${ours}"`,
    ...matches.map((match) => `${match}, GOTO="${whole}"`),
    `GOTO="${end}"`,
    `LABEL="${whole}"`,
    'SYMLINK:=""',
    // Those of device-mapper keep their name in /dev/mapper.
    `LABEL="${ours}"`,
    `ENV{LAYERLIFT_RUN}="${run}", ENV{DM_COOKIE}="", OPTIONS:="nowatch"`,
    'ENV{DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG}="1", ENV{DM_UDEV_DISABLE_DISK_RULES_FLAG}="1"',
    'ENV{DM_UDEV_DISABLE_OTHER_RULES_FLAG}="1", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"',
    'ENV{SYSTEMD_READY}="0", ENV{UDISKS_IGNORE}="1", ENV{DM_MULTIPATH_DEVICE_PATH}="0", ENV{nompath}="1"',
    `LABEL="${end}"`,
  ].join('\n')}\n`;
}
