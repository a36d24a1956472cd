// Limits on the I/Os in flight that hardware queues set.

import type { BlockDevice } from '../decode/block.ts';
import type { Limit } from '../document.ts';

/** Undefined for what takes bios directly: it limits nothing by itself. */
export function queueLimit({ mq }: BlockDevice): Limit | undefined {
  if (!mq || mq.depth < 1) return undefined;
  const says = mq.queues > 1 ? `${mq.queues} queues x ${mq.depth} tags` : `${mq.depth} tags`;
  return { inFlight: mq.queues * mq.depth, says, from: mq.from };
}

/**
 * The LUN's own depth, and the adapter's commands, which its LUNs share: the smaller counts
 * (drivers/scsi/scsi_lib.c, scsi_dev_queue_ready).
 */
export function scsiLimit(
  block: BlockDevice,
  { host, canQueue }: { readonly host: string | undefined; readonly canQueue: number | undefined },
): Limit | undefined {
  const tags = queueLimit(block);
  const depth = block.hardware.queue_depth;
  const whole = canQueue ?? tags?.inFlight;
  const sharedIn = host === undefined ? {} : { sharedIn: host };
  if (depth === undefined || depth < 1) return tags && { ...tags, ...sharedIn };
  const most = Math.min(depth, whole ?? depth);
  if (most < 1) return undefined;
  const says = whole === undefined ? `LUN depth ${depth}` : `LUN depth ${depth}, of ${whole} of the adapter`;
  return { inFlight: most, says, from: `${block.folder}/device/queue_depth`, ...sharedIn };
}
