// What on this host carries our name: after every run has ended there is nothing.

import { listFolder, readText } from '../kernel/files.ts';

const places: readonly (readonly [string, RegExp])[] = [
  ['/sys/fs/cgroup', /^layerlift[-_]/],
  ['/run/netns', /^layerlift-/],
  ['/sys/class/net', /^ll[0-9a-f]{6}[ht]$/],
  ['/sys/kernel/config/nullb', /^layerlift-/],
  ['/sys/kernel/config/nvmet/subsystems', /org\.layerlift:/],
  ['/sys/kernel/config/nvmet/hosts', /org\.layerlift:/],
  ['/sys/kernel/config/target/loopback', /^naa\.6001405[0-9a-f]{9}$/],
  ['/run/udev/rules.d', /layerlift-/],
  ['/dev/vduse', /^layerlift-/],
  ['/run/layerlift', /^[0-9a-f]{6}$/],
];

/** Paths of devices, cgroups, namespaces, targets and journals that a run has left. */
export async function findTraces(): Promise<readonly string[]> {
  const found = await Promise.all(
    places.map(async ([folder, ours]) =>
      (await listFolder(folder)).filter((name) => ours.test(name)).map((name) => `${folder}/${name}`),
    ),
  );
  return [...(await ourDevices()), ...found.flat()];
}

/** By the kernel's own names: /dev/mapper shows a device only where udev runs. */
async function ourDevices(): Promise<readonly string[]> {
  const disks = (await listFolder('/sys/class/block')).filter((name) => name.startsWith('dm-'));
  const names = await Promise.all(disks.map((disk) => readText(`/sys/class/block/${disk}/dm/name`)));
  return names.flatMap((name) => (name?.startsWith('layerlift-') ? [`/dev/mapper/${name.trim()}`] : []));
}
