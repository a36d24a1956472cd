// The tags of a hardware queue as debugfs shows them: block/blk-mq-debugfs.c (blk_mq_debugfs_tags_show) and
// lib/sbitmap.c (sbitmap_queue_show). Disks of one SCSI host or NVMe controller show the same tags.

export interface TagSet {
  /** Requests that the queue can have in flight, without the reserved ones. */
  readonly depth: number;
  /** How many of these are in use now. */
  readonly busy: number;
  /** Who waits for one at this instant. */
  readonly waiters: number;
  /** Disks that share the tags and have used them lately; 0 where they are not shared. */
  readonly activeQueues: number;
}

/** Reads `hctxN/tags` or `hctxN/sched_tags`; undefined from anything else. */
export function parseTagSet(text: string): TagSet | undefined {
  // The reserved tags follow further down with the same names: of each, the first counts.
  const [general = '', own] = text.split(/^bitmap_tags:\n/m);
  if (own === undefined) return undefined;
  const [depth, busy, waiters] = [field(own, 'depth'), field(own, 'busy'), field(own, 'ws_active')];
  if (depth === undefined || depth === 0 || busy === undefined) return undefined;
  return { depth, busy, waiters: waiters ?? 0, activeQueues: field(general, 'active_queues') ?? 0 };
}

function field(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}=(\\d{1,10})$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
