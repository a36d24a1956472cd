// Block devices as sysfs shows them, partitions among them.

import * as z from 'zod';
import { chosen, count, type Look, readableBytes, readFields, word } from '../look.ts';
import { foldersBelow, valueIn } from '../snapshot.ts';

const base = {
  dev: z.string().regex(/^\d{1,7}:\d{1,7}$/, 'a device number'),
  size: count,
  ro: count,
  pid: count,
  backend: word,
};

/** Documentation/ABI/stable/sysfs-block. */
const queue = {
  ...{ scheduler: chosen, nr_requests: count, rq_affinity: count, nomerges: count, read_ahead_kb: count },
  ...{ max_sectors_kb: count, max_hw_sectors_kb: count, max_segments: count, logical_block_size: count },
  ...{ physical_block_size: count, minimum_io_size: count, optimal_io_size: count, rotational: count },
  ...{ write_cache: word, fua: count, wbt_lat_usec: word, iostats: count, zoned: word, chunk_sectors: count },
  ...{ io_poll: count, io_timeout: count },
};

const md = {
  ...{ level: word, raid_disks: word, chunk_size: count, layout: word, component_size: word, metadata_version: word },
  ...{ array_state: word, sync_action: word, degraded: count, consistency_policy: word, stripe_cache_size: count },
  group_thread_cnt: count,
};

const loop = { backing_file: word, offset: count, sizelimit: count, dio: count };
const bcache = { cache_mode: chosen, state: word, sequential_cutoff: readableBytes, writeback_percent: count };
const hardwareQueue = { nr_tags: count, nr_reserved_tags: count };

/** Of SCSI and NVMe devices. */
const hardware = {
  ...{ model: word, vendor: word, rev: word, queue_depth: count, queue_type: word, state: word, timeout: count },
  transport: word,
};

export interface BlockDevice {
  readonly name: string;
  readonly number: string;
  /** Of 512 bytes. */
  readonly sectors: number;
  readonly folder: string;
  /** Where it hangs in the tree of devices. */
  readonly real: string;
  readonly slaves: readonly string[];
  readonly partitionOf?: string;
  readonly base: ReturnType<typeof readBase>;
  readonly queue: ReturnType<typeof readQueue>;
  /** Hardware queues; undefined where it takes bios directly. */
  readonly mq: { readonly queues: number; readonly depth: number; readonly from: string } | undefined;
  readonly scsi: string | undefined;
  readonly hardware: ReturnType<typeof readHardware>;
  readonly loop: ReturnType<typeof readLoop>;
  readonly md: ReturnType<typeof readMd>;
  readonly bcache: ReturnType<typeof readBcache>;
  readonly dm: { readonly name: string; readonly uuid: string | undefined; readonly suspended: boolean } | undefined;
}

const readBase = (look: Look, folder: string) => readFields(look, folder, base);
const readQueue = (look: Look, folder: string) => readFields(look, `${folder}/queue`, queue);
const readHardware = (look: Look, folder: string) => readFields(look, `${folder}/device`, hardware);
const readMd = (look: Look, folder: string) => readFields(look, `${folder}/md`, md);
const readLoop = (look: Look, folder: string) => readFields(look, `${folder}/loop`, loop);
const readBcache = (look: Look, folder: string) => readFields(look, `${folder}/bcache`, bcache);

/** By their names, whole disks first. What was gone before it could be read is said. */
export function readBlockDevices(look: Look): ReadonlyMap<string, BlockDevice> {
  const found = new Map<string, BlockDevice>();
  const partitions = partitionsIn(look);
  for (const name of foldersBelow(look.snapshot, '/sys/block')) {
    const folder = `/sys/block/${name}`;
    const disk = readDisk(look, name, folder);
    if (!disk) continue;
    found.set(name, disk);
    for (const part of partitions.get(name) ?? []) {
      const slice = readBase(look, `${folder}/${part}`);
      if (slice.dev === undefined) continue;
      found.set(part, {
        ...disk,
        name: part,
        number: slice.dev,
        sectors: slice.size ?? 0,
        partitionOf: name,
        slaves: [],
      });
    }
  }
  return found;
}

/** Names of partitions by their disk. */
function partitionsIn({ snapshot }: Look): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const path of snapshot.files.keys()) {
    const [, disk, part] = /^\/sys\/block\/([^/]+)\/([^/]+)\/partition$/.exec(path) ?? [];
    if (disk === undefined || part === undefined) continue;
    const own = found.get(disk);
    if (own) own.push(part);
    else found.set(disk, [part]);
  }
  return found;
}

function readDisk(look: Look, name: string, folder: string): BlockDevice | undefined {
  const { snapshot } = look;
  const own = readBase(look, folder);
  if (own.dev === undefined) {
    look.missing.push({ what: folder, why: 'gone while it was looked at' });
    return undefined;
  }
  const dmName = snapshot.files.get(`${folder}/dm/name`);
  return {
    ...{ name, number: own.dev, sectors: own.size ?? 0, folder, real: snapshot.links.get(folder) ?? '' },
    ...{ slaves: foldersBelow(snapshot, `${folder}/slaves`), base: own, queue: readQueue(look, folder) },
    ...{ mq: readMq(look, folder), scsi: foldersBelow(snapshot, `${folder}/device/scsi_device`)[0] },
    ...{ hardware: readHardware(look, folder), loop: readLoop(look, folder), md: readMd(look, folder) },
    bcache: readBcache(look, folder),
    dm:
      dmName === undefined
        ? undefined
        : {
            name: dmName,
            uuid: valueIn(snapshot, `${folder}/dm/uuid`),
            suspended: valueIn(snapshot, `${folder}/dm/suspended`) === '1',
          },
  };
}

function readMq(look: Look, folder: string): BlockDevice['mq'] {
  const queues = foldersBelow(look.snapshot, `${folder}/mq`);
  const [first] = queues;
  if (first === undefined) return undefined;
  const at = `${folder}/mq/${first}`;
  const { nr_tags: tags, nr_reserved_tags: reserved = 0 } = readFields(look, at, hardwareQueue);
  return tags === undefined
    ? undefined
    : { queues: queues.length, depth: Math.max(0, tags - reserved), from: `${at}/nr_tags` };
}
