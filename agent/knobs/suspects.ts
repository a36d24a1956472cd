// Limits that are known by their number. For a cap whose layer is known but for which no knob on this host was read that
// fits: where to look next, and no more than that.

import type { KnobId } from './ids.ts';

export interface Suspect {
  /** That of its knob; no file tells DRBD's. */
  readonly id: KnobId | 'drbd.buf';
  readonly what: string;
}

const known: readonly { readonly sizes: readonly number[]; readonly suspects: readonly Suspect[] }[] = [
  {
    sizes: [4],
    suspects: [
      { id: 'blk.fair', what: 'the least share of tags that many disks share' },
      { id: 'blk.wbt', what: 'writeback throttling in the background (buffered writes)' },
      { id: 'blk.nrreq', what: 'the least nr_requests' },
    ],
  },
  { sizes: [8], suspects: [{ id: 'blk.wbt', what: 'writeback throttling (buffered writes)' }] },
  {
    sizes: [16],
    suspects: [
      { id: 'blk.wbt', what: 'writeback throttling (buffered writes)' },
      { id: 'nbd.conn', what: "one connection of QEMU's NBD server" },
    ],
  },
  { sizes: [14, 15], suspects: [{ id: 'nvmf.qsz', what: 'an NVMe fabrics queue of 16' }] },
  {
    sizes: [31, 32],
    suspects: [
      { id: 'xen.order', what: 'one Xen block ring of one page' },
      { id: 'scsi.qd', what: 'the queue depth of a SCSI or SATA disk' },
    ],
  },
  { sizes: [62, 63], suspects: [{ id: 'nvmf.qsz', what: 'an NVMe fabrics queue of 64' }] },
  {
    sizes: [64],
    suspects: [
      { id: 'xen.queues', what: 'two Xen block rings of one page' },
      { id: 'xen.order', what: 'one Xen block ring of two pages' },
      { id: 'lio.cmdsn', what: "the command window of LIO's iSCSI target" },
      { id: 'nfs.slots', what: 'the slots of an NFSv4.1 session' },
      { id: 'vmm.pool', what: 'the threads of QEMU with aio=threads' },
      { id: 'null.qd', what: "null_blk's default" },
    ],
  },
  { sizes: [113], suspects: [{ id: 'iscsi.cmds', what: 'an open-iscsi session' }] },
  { sizes: [126, 127], suspects: [{ id: 'nvmf.qsz', what: 'one NVMe fabrics queue of 128' }] },
  {
    sizes: [128],
    suspects: [
      { id: 'xen.queues', what: 'four Xen block rings of one page' },
      { id: 'xen.order', what: 'one Xen block ring of four pages' },
      { id: 'loop.qd', what: 'a loop device' },
      { id: 'nbd.conn', what: 'one connection of nbd' },
      { id: 'rbd.qd', what: 'one queue of rbd' },
      { id: 'blk.kyber', what: "kyber's writes" },
      { id: 'vscsi.cpl', what: 'a LUN of virtio-scsi' },
    ],
  },
  { sizes: [192], suspects: [{ id: 'scsi.canq', what: "scsi_debug's adapter" }] },
  {
    sizes: [256],
    suspects: [
      { id: 'virtio.qsz', what: 'one queue of virtio-blk' },
      { id: 'xen.order', what: 'one Xen block ring of eight pages' },
      { id: 'nbd.conn', what: 'two connections of nbd' },
    ],
  },
  { sizes: [512], suspects: [{ id: 'xen.order', what: 'one Xen block ring of sixteen pages' }] },
  { sizes: [1023], suspects: [{ id: 'nvme.qd', what: 'one queue of a local NVMe disk' }] },
  {
    sizes: [1024],
    suspects: [
      { id: 'tcm.canq', what: 'the adapter of tcm_loop' },
      { id: 'nvmet.qid', what: 'the largest queue of an NVMe target' },
    ],
  },
  {
    sizes: [2048],
    suspects: [
      { id: 'dm.rqdepth', what: 'request-based device-mapper (multipath)' },
      { id: 'drbd.buf', what: "DRBD's max-buffers" },
    ],
  },
];

/** Those whose number lies within the bounds; more than a few sizes within them tell nothing, and give nothing. */
export function likelySuspects(size: { readonly low: number; readonly high: number }): readonly Suspect[] {
  const within = known.filter(({ sizes }) => sizes.some((one) => one >= size.low && one <= size.high));
  return within.length > mostSizes ? [] : within.flatMap(({ suspects }) => suspects);
}

const mostSizes = 3;
