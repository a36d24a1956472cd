// What steps make on the simulated host: files and folders, device-mapper devices, NVMe paths. An undo that a kernel would
// refuse, because something still stands on the thing, is refused here too.

import type { DmTable } from '../../../agent/host/dm/table.ts';
import type { Step, StepOf } from '../../../agent/host/step.ts';

export interface Things {
  /** Folders have the value `undefined`. */
  readonly files: Map<string, string | undefined>;
  readonly dm: Map<string, { readonly node: string; table: DmTable }>;
  /** By NQN; local: over the loopback of the target's own network namespace. */
  readonly connected: Map<
    string,
    { readonly isLocal: boolean; readonly inFlight: number; readonly controller: string; readonly disk: string }
  >;
  /** Command lines of programs that were run and not undone. */
  readonly ran: Set<string>;
  readonly modules: Set<string>;
  /** What a plan calls the nodes that only the kernel names. */
  readonly names: Map<string, string>;
  /** Numbers of device-mapper devices given so far. */
  minors: number;
  /** I/Os in flight of each guest that the ring lets through besides what any of its files says. */
  hidden?: number | undefined;
}

export function makeThings(): Things {
  return {
    files: new Map(),
    dm: new Map(),
    connected: new Map(),
    ran: new Set(),
    modules: new Set(),
    names: new Map(),
    minors: 0,
  };
}

/** Gives what the step's undo needs, and the node of a dm-create. */
export function act(things: Things, step: Step): { readonly node: string; readonly prior: string | undefined } {
  const { files, dm } = things;
  const prior = step.kind === 'write' ? files.get(step.path) : undefined;
  switch (step.kind) {
    case 'mkdir':
    case 'cgroup':
      if (files.has(step.path)) throw new Error(`EEXIST ${step.path}`);
      files.set(step.path, undefined);
      if (step.path.endsWith('/tpgt_1')) files.set(`${step.path}/address`, `${scsiAddress}\n`);
      if (isAdapter(step.path)) {
        for (const name of adapterHas) files.set(adapter + name, files.get(parameters + name));
        files.set(`${adapter}proc_name`, 'tcm_loopback\n');
      }
      break;
    case 'write':
      files.set(step.path, step.value);
      break;
    case 'link':
      files.set(step.path, step.target);
      if (lunOf(step.path) !== undefined) {
        const disk = scsiDisk(Number(lunOf(step.path)));
        files.set(`${scsiFolder(step.path)}/device/block/${disk.replace('/dev/', '')}`, '');
        showDisk(files, disk.replace('/dev/', ''), Number(lunOf(step.path)));
        things.names.set(disk, `<the disk of LUN ${lunOf(step.path)}>`);
      }
      break;
    case 'exec':
      things.ran.add(step.argv.join(' '));
      break;
    case 'netns':
      if (things.ran.has(`netns ${step.name}`)) throw new Error(`EEXIST ${step.name}`);
      things.ran.add(`netns ${step.name}`);
      break;
    case 'dm-create': {
      for (const device of devicesOf(step.table)) mustExist(things, device);
      const node = `/dev/dm-${things.minors++}`;
      dm.set(step.name, { node, table: step.table });
      things.names.set(node, `/dev/mapper/${step.name}`);
      return { node, prior };
    }
    case 'dm-swap': {
      const device = dm.get(step.name);
      if (!device) throw new Error(`ENXIO ${step.name}`);
      for (const below of devicesOf(step.table)) mustExist(things, below);
      device.table = step.table;
      break;
    }
    case 'nvme-connect':
      connect(things, step);
      break;
    case 'module':
      things.modules.add(step.name);
      if (step.name === 'tcm_loop') for (const name of adapterHas) files.set(parameters + name, '1024');
      break;
    case 'controllers':
    case 'brought-modules':
    case 'dm-message':
    case 'dm-stats':
    case 'udev-rules':
    case 'udev-module':
    case 'spawn':
    case 'write-out':
      break;
    case 'iscsi-login':
    case 'loop':
    case 'nbd-connect':
    case 'ring-threads':
    case 'secret':
    case 'vduse':
    case 'xen-domain':
    case 'xen-files':
    case 'xen-vbd':
      throw new Error(`the simulated host has no ${step.kind}`);
  }
  return { node: '', prior };
}

/** Throws EBUSY where something still stands on it. */
export function undo(things: Things, step: Step, prior: string | undefined): void {
  const { files, dm } = things;
  switch (step.kind) {
    case 'mkdir':
    case 'cgroup': {
      // A null_blk goes although a table still names it, as with the kernel.
      // What the kernel makes in a folder goes with it; what a step made there must have gone before.
      const within = [...files].filter(([path]) => path.startsWith(`${step.path}/`));
      const made = within.find(([, value]) => value === undefined);
      if (made) throw new Error(`ENOTEMPTY ${step.path}: ${made[0]}`);
      for (const path of [step.path, ...within.map(([one]) => one)]) files.delete(path);
      // So does what the kernel shows of a disk, with the disk.
      const disk = /\/nullb\/([^/]+)$/.exec(step.path)?.[1];
      if (disk !== undefined) removeBelow(files, `/sys/block/${disk}`);
      if (isAdapter(step.path)) removeBelow(files, adapter.slice(0, -1));
      break;
    }
    case 'write':
      if (typeof step.restore === 'object') files.set(step.path, step.restore.value);
      else if (step.restore === 'prior' && prior === undefined) files.delete(step.path);
      else if (step.restore === 'prior') files.set(step.path, prior);
      break;
    case 'link': {
      files.delete(step.path);
      // The disk of a LUN goes with it.
      if (lunOf(step.path) === undefined) break;
      removeBelow(files, scsiDisk(Number(lunOf(step.path))).replace('/dev/', '/sys/block/'));
      removeBelow(files, scsiFolder(step.path));
      break;
    }
    case 'exec':
      things.ran.delete(step.argv.join(' '));
      break;
    case 'netns':
      things.ran.delete(`netns ${step.name}`);
      break;
    case 'dm-create': {
      mustBeFree(things, dm.get(step.name)?.node ?? '');
      dm.delete(step.name);
      break;
    }
    case 'nvme-connect':
      removeBelow(files, `/sys/class/nvme/${things.connected.get(step.nqn)?.controller ?? ''}`);
      things.connected.delete(step.nqn);
      break;
    case 'module':
      things.modules.delete(step.name);
      if (step.name === 'tcm_loop') for (const name of adapterHas) files.delete(parameters + name);
      break;
    case 'controllers':
    case 'brought-modules':
    case 'dm-message':
    case 'dm-stats':
    case 'dm-swap':
    case 'spawn':
    case 'udev-rules':
    case 'udev-module':
    case 'iscsi-login':
    case 'loop':
    case 'nbd-connect':
    case 'ring-threads':
    case 'secret':
    case 'vduse':
    case 'xen-domain':
    case 'xen-files':
    case 'xen-vbd':
    case 'write-out':
      break;
  }
}

const scsiAddress = '2:0:1';

/** `/dev/sda`: the first disk of the SCSI loopback. */
function scsiDisk(lun: number): string {
  return `/dev/sd${String.fromCharCode('a'.charCodeAt(0) + lun - 1)}`;
}

/** What the kernel shows of a disk of the adapter: its tags, and the depth that it begins with (sd_mod, tcm_loop). */
function showDisk(files: Things['files'], name: string, lun: number): void {
  const folder = `/sys/block/${name}`;
  const canQueue = files.get(`${adapter}can_queue`);
  files.set(`${folder}/mq/0/nr_tags`, canQueue);
  files.set(`${folder}/queue/nr_requests`, canQueue);
  files.set(`${folder}/device/queue_depth`, files.get(`${adapter}cmd_per_lun`));
  files.set(`${folder}/device/scsi_device/${scsiAddress}:${lun}`, '');
}

function lunOf(link: string): string | undefined {
  return /\/tpgt_1\/lun\/lun_(\d+)\//.exec(link)?.[1];
}

/** Where the kernel shows the disk of a LUN, by the link that makes it. */
function scsiFolder(link: string): string {
  return `/sys/class/scsi_device/${scsiAddress}:${lunOf(link)}`;
}

/** What the kernel then shows of the controller, as long as it is connected. */
function connect({ files, connected, names }: Things, step: StepOf<'nvme-connect'>): void {
  const controller = `nvme${connected.size}`;
  const disk = `/dev/${controller}n1`;
  const inFlight = step.queues * step.queueSize;
  connected.set(step.nqn, { isLocal: step.address === '127.0.0.1', inFlight, controller, disk });
  names.set(disk, `<the namespace of ${step.nqn}>`);
  for (const [file, value] of [
    ['subsysnqn', step.nqn],
    ['hostnqn', step.hostnqn],
    ['state', 'live'],
    [`${controller}n1`, ''],
  ] as const)
    files.set(`/sys/class/nvme/${controller}/${file}`, value);
}

function removeBelow(files: Map<string, string | undefined>, folder: string): void {
  for (const path of [...files.keys()]) if (path.startsWith(`${folder}/`)) files.delete(path);
}

/** What the SCSI loopback reads of its parameters when an adapter is made, and never again. */
const adapterHas = ['can_queue', 'cmd_per_lun'] as const;
const parameters = '/sys/module/tcm_loop/parameters/';
const adapter = '/sys/class/scsi_host/host2/';
const isAdapter = (path: string): boolean => /^\/sys\/kernel\/config\/target\/loopback\/naa\.\w+$/.test(path);

/** The devices that a table stands on. */
export function devicesOf(table: DmTable): readonly string[] {
  return table.flatMap(({ params }) => params.split(' ').filter((word) => word.startsWith('/dev/')));
}

function mustBeFree({ dm, files }: Things, device: string): void {
  const user = [...dm].find(([, { table }]) => devicesOf(table).includes(device));
  const store = [...files].find(([, value]) => value !== undefined && holds(value, device));
  if (user ?? store) throw new Error(`EBUSY ${device}: ${(user ?? store)?.[0]}`);
}

function holds(value: string, device: string): boolean {
  return value.split(/[=,\s]/).includes(device);
}

function mustExist({ dm }: Things, device: string): void {
  const isThere = !device.startsWith('/dev/dm-') || [...dm.values()].some(({ node }) => node === device);
  if (!isThere) throw new Error(`ENODEV ${device}`);
}
