// Devices whose names only the kernel knows: found by what this run made, never by a guessed number.

import { join } from 'node:path';
import { exists, listFolder, readText } from './kernel/files.ts';
import type { Sought } from './host.ts';
import { controllersOf } from './steps/nvme-connect.ts';
import { waitFor } from './kernel/wait.ts';

const defaultDeadlineMs = 10_000;

/** Gives the node of the device. Throws HostError after the deadline, naming what did not appear. */
export async function findDevice(sought: Sought, deadlineMs = defaultDeadlineMs): Promise<string> {
  return waitFor(`the appearance of ${describeSought(sought)}`, deadlineMs, async () => {
    const node = await lookUp(sought);
    return node !== undefined && (await exists(node)) ? node : undefined;
  });
}

export function describeSought(sought: Sought): string {
  switch (sought.kind) {
    case 'node':
      return sought.path;
    case 'nvme-namespace':
      return `the namespace of ${sought.nqn}`;
    case 'scsi-disk':
      return `the disk of LUN ${sought.lun}`;
    case 'vdpa-disk':
      return `the disk of vdpa device ${sought.name}`;
  }
}

async function lookUp(sought: Sought): Promise<string | undefined> {
  switch (sought.kind) {
    case 'node':
      return sought.path;
    case 'nvme-namespace':
      return lookUpNvme(sought);
    case 'scsi-disk':
      return lookUpScsi(sought);
    case 'vdpa-disk':
      return lookUpVdpa(sought.name);
  }
}

// With multipath the disk hangs below the subsystem, without it below the controller.
async function lookUpNvme(sought: { nqn: string; hostnqn: string }): Promise<string | undefined> {
  const controllers = await controllersOf(sought);
  for (const controller of controllers) {
    if ((await readText(`/sys/class/nvme/${controller}/state`))?.trim() !== 'live') continue;
    const disk = (await listFolder(`/sys/class/nvme/${controller}`)).find((name) => /^nvme\d+n\d+$/.test(name));
    if (disk) return `/dev/${disk}`;
  }
  if (controllers.length === 0) return undefined;
  for (const subsystem of await listFolder('/sys/class/nvme-subsystem')) {
    const folder = `/sys/class/nvme-subsystem/${subsystem}`;
    if ((await readText(`${folder}/subsysnqn`))?.trim() !== sought.nqn) continue;
    const disk = (await listFolder(folder)).find((name) => /^nvme\d+n\d+$/.test(name));
    if (disk) return `/dev/${disk}`;
  }
  return undefined;
}

async function lookUpScsi(sought: { addressFile: string; lun: number }): Promise<string | undefined> {
  const address = (await readText(sought.addressFile))?.trim();
  if (!address) return undefined;
  const [disk] = await listFolder(`/sys/class/scsi_device/${address}:${sought.lun}/device/block`);
  return disk === undefined ? undefined : `/dev/${disk}`;
}

async function lookUpVdpa(name: string): Promise<string | undefined> {
  const folder = `/sys/bus/vdpa/devices/${name}`;
  const virtio = (await listFolder(folder)).find((entry) => /^virtio\d+$/.test(entry));
  if (!virtio) return undefined;
  const [disk] = await listFolder(join(folder, virtio, 'block'));
  return disk === undefined ? undefined : `/dev/${disk}`;
}
