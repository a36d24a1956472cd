// QEMU processes as users: each of their disks is a ring with a device or file below it.

import { type Qemu, type QemuDisk, readQemu } from '../decode/qemu.ts';
import { type Limit, parametersOf, type Parameter } from '../document.ts';
import type { Look } from '../look.ts';
import { valueIn } from '../snapshot.ts';
import type { Context, Draft, Found } from './context.ts';
import { openedAs } from './mapped.ts';

export function qemuGuests(context: Context): Found {
  const found = pidsIn(context.look).flatMap((pid) => {
    const qemu = readQemu(context.look, pid);
    return qemu ? [guestOf(context, qemu)] : [];
  });
  return { devices: found.flatMap(({ devices }) => devices), users: found.flatMap(({ users }) => users) };
}

/** Processes whose command line was read. */
export function pidsIn({ snapshot }: Look): readonly string[] {
  return [...snapshot.files.keys()].flatMap((path) => /^\/proc\/(\d+)\/comm$/.exec(path)?.[1] ?? []);
}

function guestOf(context: Context, qemu: Qemu): Found {
  const disks = qemu.disks.map((disk) => {
    const opened = disk.path === undefined ? undefined : openedAs(context, disk.path);
    return { disk, opened };
  });
  const named = new Set(disks.flatMap(({ opened }) => (opened ? [opened.id] : [])));
  const others = qemu.open.map((path) => ({ path, opened: openedAs(context, path) }));
  // The one file that nobody named belongs to the one disk whose path led nowhere.
  const unnamed = others.filter(({ opened }) => !named.has(opened.id));
  const lost = disks.filter(({ opened }) => opened === undefined || opened.id.startsWith('path:'));
  const [only] = unnamed.length === 1 && lost.length === 1 ? unnamed : [];
  const drafts = disks.map(({ disk, opened }) => {
    const stands = only && (opened === undefined || opened.id.startsWith('path:')) ? only.opened : opened;
    return [ringDraft(qemu, disk, stands?.id), ...(stands?.others ?? [])];
  });
  const later = only ? [] : unnamed;
  return {
    devices: [
      ...drafts.flat(),
      ...later.flatMap(({ path, opened }) => [laterDraft(qemu, path, opened.id), ...opened.others]),
    ],
    users: [
      {
        ...{ id: `qemu:${qemu.pid}`, kind: 'qemu', name: qemu.name },
        below: [...qemu.disks.map((disk) => ringId(qemu, disk.id)), ...later.map(({ path }) => ringId(qemu, path))],
        parameters: [
          ...parametersOf(`process ${qemu.pid}`, {
            pid: qemu.pid,
            vCPUs: qemu.cpus,
            'I/O threads': qemu.iothreads.length > 0 ? qemu.iothreads.join(', ') : undefined,
          }),
          ...cgroupLimits(context.look, qemu.cgroup),
        ],
      },
    ],
  };
}

function ringId({ pid }: Qemu, disk: string): string {
  return `qemu:${pid}:${disk}`;
}

function ringDraft(qemu: Qemu, disk: QemuDisk, below: string | undefined): Draft {
  return {
    ...{ id: ringId(qemu, disk.id), name: disk.id, kind: disk.device, layer: 'ring' },
    below: below === undefined ? [] : [{ id: below }],
    parameters: parametersOf(`process ${qemu.pid}`, {
      ...disk.values,
      queues: disk.queues,
      'queue size': disk.queueSize,
    }),
    limit: ringLimit(qemu, disk) ?? null,
    notes: below === undefined ? ['what it stands on is not on the command line'] : [],
  };
}

function laterDraft(qemu: Qemu, path: string, below: string): Draft {
  return {
    ...{
      id: ringId(qemu, path),
      name: path,
      kind: 'plugged in later',
      layer: 'ring',
      below: [{ id: below }],
      parameters: [],
      limit: null,
    },
    notes: ['the process has it open, and its command line does not name it: its ring is not known'],
  };
}

/** Of virtio alone. QEMU's own defaults (hw/block/virtio-blk.c, hw/scsi/virtio-scsi.c): 256 entries; a queue for each vCPU. */
const defaultQueueSize = 256;

function ringLimit({ pid, cpus = 1 }: Qemu, { device, queues, queueSize, adapter }: QemuDisk): Limit | undefined {
  if (!/^(virtio-blk|vhost-user-blk|export-vhost-user-blk|export-vduse-blk)/.test(device) && adapter === undefined)
    return undefined;
  const exported = device.startsWith('export-');
  const [many, size] = [
    queues ?? (exported ? 1 : cpus),
    queueSize ?? (device === 'export-vhost-user-blk' ? 128 : defaultQueueSize),
  ];
  const assumed = [...(queues === undefined ? ['queues'] : []), ...(queueSize === undefined ? ['size'] : [])];
  return {
    inFlight: many * size,
    says: `${many} x ${size} entries${assumed.length > 0 ? ` (${assumed.join(' and ')} by QEMU's default)` : ''}`,
    from: `command line of process ${pid}`,
    ...(adapter === undefined ? {} : { sharedIn: adapter }),
  };
}

/** Of the cgroup of a process and of those above it, from the nearest upward; the root has none. */
export function cgroupLimits({ snapshot }: Look, cgroup: string | undefined): readonly Parameter[] {
  const parts = (cgroup ?? '').split('/').filter(Boolean);
  return parts.flatMap((_, i) => {
    const folder = `/sys/fs/cgroup/${parts.slice(0, parts.length - i).join('/')}`;
    return ['io.max', 'cpu.max', 'cpuset.cpus.effective', 'memory.max'].flatMap((name) => {
      const value = valueIn(snapshot, `${folder}/${name}`);
      const says = value?.replaceAll('\n', '; ');
      return says === undefined || /^max( \d+)?$/.test(says) ? [] : [{ name, value: says, from: `${folder}/${name}` }];
    });
  });
}
