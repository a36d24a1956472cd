// Finds everything on this host that carries our name: nothing, once every run has ended.

import { listFolder, readText } from '../kernel/files.ts';
import type { Reads } from '../reads.ts';

/** Where something of ours may be left: names in a folder. */
export interface Mark {
  readonly folder: string;
  readonly name: RegExp;
}

/** Objects that every run makes, whatever its stack; beside device-mapper's devices. */
const ofEveryRun: readonly Mark[] = [
  { folder: '/sys/fs/cgroup', name: /^layerlift[-_]/ },
  { folder: '/run/udev/rules.d', name: /layerlift-/ },
  { folder: '/run/layerlift', name: /^[0-9a-f]{6}$/ },
];

/** Paths of devices, cgroups, namespaces, targets and journals that a run has left. `marks`: those of the providers. */
export async function findTraces(
  marks: readonly Mark[],
  { read, list }: Reads = { read: readText, list: listFolder },
): Promise<readonly string[]> {
  const places = new Map([...ofEveryRun, ...marks].map((mark) => [`${mark.folder} ${mark.name.source}`, mark]));
  const found = await Promise.all(
    [...places.values()].map(async ({ folder, name }) =>
      (await list(folder)).filter((one) => name.test(one)).map((one) => `${folder}/${one}`),
    ),
  );
  return [...(await ourDevices({ read, list })), ...found.flat()];
}

/** By the kernel's own names: /dev/mapper shows a device only where udev runs. */
async function ourDevices({ read, list }: Reads): Promise<readonly string[]> {
  const disks = (await list('/sys/class/block')).filter((name) => name.startsWith('dm-'));
  const names = await Promise.all(disks.map((disk) => read(`/sys/class/block/${disk}/dm/name`)));
  return names.flatMap((name) => (name?.startsWith('layerlift-') ? [`/dev/mapper/${name.trim()}`] : []));
}
