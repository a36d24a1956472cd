// The disks of a host that have hardware queues, and where in the path each stands. What has no `mq` folder takes bios
// directly (device-mapper, md, brd, an NVMe multipath head): it caps nothing, and its nr_requests of 128 is a fiction.

import type { Layer } from '../lib/layer.ts';
import { mapBounded } from '../lib/map-bounded.ts';
import { countIn, type Reader } from './knob.ts';

export type DiskKind =
  'scsi' | 'nvme' | 'virtio' | 'vduse' | 'xen' | 'nbd' | 'loop' | 'rbd' | 'ublk' | 'null_blk' | 'dm' | 'other';

export interface Disk {
  readonly name: string;
  readonly kind: DiskKind;
  readonly layer: Layer;
  readonly queues: number;
  /** The first of its hardware queues stands for all: a driver gives each the same depth. */
  readonly firstQueue: string;
  /** Requests that one hardware queue can have in flight, without the reserved ones. */
  readonly depth: number | undefined;
  /** The same with the reserved ones, which nr_requests counts too. */
  readonly tags: number | undefined;
  /** The SCSI host or NVMe controller that it hangs on. */
  readonly parent?: string;
  /** The driver of its SCSI host, or the transport of its controller. */
  readonly via?: string;
}

/** Reads in flight at a time. */
export const readsAtOnce = 32;

/** Disks that could not be looked at are in `failed`, and nothing else is lost. */
export async function findDisks(
  reader: Reader,
): Promise<{ disks: readonly Disk[]; failed: readonly { name: string; failure: unknown }[] }> {
  const special = await specialNames(reader);
  const names = await reader.list('/sys/block');
  const found = await mapBounded(names, readsAtOnce, async (name): Promise<Look> => {
    try {
      return { disk: await lookAt(reader, name, special) };
    } catch (failure) {
      return { failed: { name, failure } };
    }
  });
  return {
    disks: found.flatMap(({ disk }) => (disk ? [disk] : [])),
    failed: found.flatMap(({ failed }) => (failed ? [failed] : [])),
  };
}

interface Look {
  readonly disk?: Disk | undefined;
  readonly failed?: { readonly name: string; readonly failure: unknown };
}

async function lookAt(reader: Reader, name: string, special: SpecialNames): Promise<Disk | undefined> {
  const folder = `/sys/block/${name}`;
  const queues = (await reader.list(`${folder}/mq`)).filter((entry) => /^\d+$/.test(entry));
  const [first] = queues.map(Number).sort((a, b) => a - b);
  // Nothing is attached to a loop or nbd device without a size.
  if (first === undefined || (await reader.read(`${folder}/size`))?.trim() === '0') return undefined;
  const firstQueue = `${folder}/mq/${first}`;
  const tags = countIn(await reader.read(`${firstQueue}/nr_tags`));
  const reserved = countIn(await reader.read(`${firstQueue}/nr_reserved_tags`)) ?? 0;
  const depth = tags === undefined ? undefined : Math.max(0, tags - reserved);
  const common = { name, queues: queues.length, firstQueue, depth, tags };
  const kind = kindOf(name, special);
  if (kind === 'scsi') return { ...common, kind, ...(await scsiPlace(reader, folder)) };
  if (kind === 'nvme') return { ...common, kind, ...(await nvmePlace(reader, folder, name)) };
  return { ...common, kind, layer: layerOf[kind] };
}

interface SpecialNames {
  readonly nullBlk: ReadonlySet<string>;
  readonly vduse: ReadonlySet<string>;
}

/** Disks whose driver their names do not tell. */
async function specialNames(reader: Reader): Promise<SpecialNames> {
  const vdpa = await mapBounded(await reader.list('/sys/bus/vdpa/devices'), readsAtOnce, async (device) => {
    const folder = `/sys/bus/vdpa/devices/${device}`;
    const virtio = (await reader.list(folder)).find((entry) => /^virtio\d+$/.test(entry));
    return virtio === undefined ? [] : reader.list(`${folder}/${virtio}/block`);
  });
  // Needs root; a null_blk with a name of its own then counts as an unknown disk.
  const nullBlk = await reader.list('/sys/kernel/config/nullb').catch(() => []);
  return { nullBlk: new Set(nullBlk), vduse: new Set(vdpa.flat()) };
}

const patterns: readonly (readonly [RegExp, Exclude<DiskKind, 'vduse' | 'other'>])[] = [
  [/^sd[a-z]+$/, 'scsi'],
  [/^nvme\d+(c\d+)?n\d+$/, 'nvme'],
  [/^vd[a-z]+$/, 'virtio'],
  [/^xvd[a-z]+\d*$/, 'xen'],
  [/^nbd\d+$/, 'nbd'],
  [/^loop\d+$/, 'loop'],
  [/^rbd\d+$/, 'rbd'],
  [/^ublkb\d+$/, 'ublk'],
  [/^nullb\d+$/, 'null_blk'],
  [/^dm-\d+$/, 'dm'],
];

function kindOf(name: string, { nullBlk, vduse }: SpecialNames): DiskKind {
  if (vduse.has(name)) return 'vduse';
  if (nullBlk.has(name)) return 'null_blk';
  return patterns.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

const layerOf: Readonly<Record<Exclude<DiskKind, 'scsi' | 'nvme'>, Layer>> = {
  ...{ virtio: 'ring', vduse: 'ring', xen: 'ring', loop: 'ring', ublk: 'ring' },
  ...{ nbd: 'network', rbd: 'network', dm: 'blockstack', null_blk: 'media', other: 'media' },
};

type Place = Pick<Disk, 'layer' | 'parent' | 'via'>;

// The address of a SCSI disk is HOST:CHANNEL:TARGET:LUN.
async function scsiPlace(reader: Reader, folder: string): Promise<Place> {
  const [address] = await reader.list(`${folder}/device/scsi_device`);
  const number = /^(\d+):/.exec(address ?? '')?.[1];
  if (number === undefined) return { layer: 'media' };
  const parent = `host${number}`;
  const via = (await reader.read(`/sys/class/scsi_host/${parent}/proc_name`))?.trim();
  return { layer: scsiLayer(via ?? ''), parent, ...(via ? { via } : {}) };
}

const ringDrivers = ['tcm_loopback', 'virtio_scsi', 'scsifront', 'storvsc_host', 'vmw_pvscsi'];
const networkDrivers = /^(iscsi_tcp|iser|ib_iser|bnx2i|qedi|be2iscsi|cxgb[34]i|lpfc|qla2xxx|fnic|qedf|bnx2fc|ib_srp)$/;

/** By proc_name of the host's driver; what is unknown counts as a local controller. */
export function scsiLayer(driver: string): Layer {
  if (ringDrivers.includes(driver)) return 'ring';
  return networkDrivers.test(driver) ? 'network' : 'media';
}

async function nvmePlace(reader: Reader, folder: string, name: string): Promise<Place> {
  const via = (await reader.read(`${folder}/device/transport`))?.trim();
  // nvmeXcYnZ is a path through controller Y (drivers/nvme/host/multipath.c, nvme_mpath_set_disk_name).
  const number = /^nvme\d+c(\d+)n/.exec(name)?.[1] ?? /^nvme(\d+)n/.exec(name)?.[1] ?? '';
  return { layer: nvmeLayer(via), parent: `nvme${number}`, ...(via ? { via } : {}) };
}

/** By transport of the controller. */
export function nvmeLayer(transport: string | undefined): Layer {
  return transport === undefined || transport === 'pcie' || transport === 'apple-nvme' ? 'media' : 'network';
}
