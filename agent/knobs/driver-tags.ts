// The depth of each disk where it is in force: the tags that its driver gives each hardware queue, less the reserved.

import { byCommand, byHand } from './change.ts';
import type { Disk, DiskKind } from './disk.ts';
import { knobOf, type KnobRow, type Reader } from './knob.ts';
import { diskSource } from './source.ts';

type TagRow = Pick<KnobRow, 'id' | 'name' | 'defaultValue' | 'change'>;

const fromDriver = { id: 'blk.tags', name: 'nr_tags' } as const;

// Defaults: QEMU 7.2 (virtio-blk, vduse-blk 256), drivers/block/{loop,nbd,rbd}.c (128 each), ublksrv (128),
// include/xen/interface/io/blkif.h (a ring of one page: 32), null_blk.rst (64), drivers/md/dm-rq.c (2048).
const rows: Readonly<Record<DiskKind, TagRow>> = {
  scsi: { ...fromDriver, change: byHand('follows can_queue of its adapter') },
  nvme: { ...fromDriver, change: byHand('follows the queue size of its controller') },
  other: { ...fromDriver, change: byHand('set by its driver') },
  virtio: {
    ...{ id: 'virtio.qsz', name: 'queue-size', defaultValue: 256 },
    change: byHand("the virtual machine's device: queue-size, num-queues", 're-attach'),
  },
  vduse: {
    ...{ id: 'vduse.qsz', name: 'queue-size', defaultValue: 256 },
    change: byHand("the export's queue-size, num-queues", 're-attach'),
  },
  xen: {
    ...{ id: 'xen.order', name: 'ring size', defaultValue: 32 },
    change: byHand('guest: xen_blkfront.max_ring_page_order=4, and max_queues', 're-attach'),
  },
  ublk: {
    ...{ id: 'ublk.qd', name: 'queue_depth', defaultValue: 128 },
    change: byHand('ublk add -d DEPTH -q QUEUES', 're-attach'),
  },
  loop: {
    ...{ id: 'loop.qd', name: 'hw_queue_depth', defaultValue: 128 },
    change: byCommand('modprobe loop hw_queue_depth=N', 'reload (down: nr_requests, live)'),
  },
  nbd: {
    ...{ id: 'nbd.conn', name: 'tags of a connection', defaultValue: 128 },
    change: byHand('nbd-client -C CONNECTIONS', 're-attach'),
  },
  rbd: {
    ...{ id: 'rbd.qd', name: 'queue_depth', defaultValue: 128 },
    change: byCommand('rbd map -o queue_depth=N', 're-map'),
  },
  null_blk: {
    ...{ id: 'null.qd', name: 'hw_queue_depth', defaultValue: 64 },
    change: byHand('hw_queue_depth in configfs', 'make it anew'),
  },
  dm: {
    ...{ id: 'dm.rqdepth', name: 'dm_mq_queue_depth', defaultValue: 2048 },
    change: byCommand('echo N >/sys/module/dm_mod/parameters/dm_mq_queue_depth', 'make the device anew'),
  },
};

export const driverTags = diskSource('driver tags', async (reader, disk) => {
  const where = `${disk.firstQueue}/nr_tags`;
  const value = (await reader.read(where))?.trim() ?? '';
  if (value === '') return [];
  return [knobOf(where, value, { ...rows[disk.kind], ...(await reach(disk, reader)), limitOf: () => disk.depth })];
});

/** Disks of one adapter or controller share its tags; all others have their own. */
async function reach(
  disk: Disk,
  reader: Reader,
): Promise<Pick<KnobRow, 'layer' | 'device' | 'sharedIn' | 'queues' | 'scope'>> {
  const { name: device, layer, queues, parent, kind } = disk;
  const own = { layer, device, queues } as const;
  if (parent !== undefined) return { ...own, sharedIn: parent, scope: 'shared' };
  if (kind === 'null_blk' && /^[Y1]/.test((await reader.read('/sys/module/null_blk/parameters/shared_tags')) ?? ''))
    return { ...own, sharedIn: 'null_blk', scope: 'shared' };
  return { ...own, scope: 'queue' };
}
