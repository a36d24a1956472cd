// Tags in use on the disks that have I/O in flight, from debugfs: a set of tags that is all in use, with somebody waiting,
// is what holds its disks back at that instant. Two instants a slice are a witness, not a mean. debugfs is read where it
// is mounted and never mounted for this.

import { mapBounded } from '../lib/map-bounded.ts';
import { parseTagSet } from '../lib/tag-set.ts';
import type { Scene, Source } from './source.ts';

interface TagUse {
  readonly busiestPercent: number;
  readonly waiters: number;
}

const debugfs = '/sys/kernel/debug/block';
const readsAtOnce = 32;

export const tags: Source<TagUse> = {
  read: async ({ host }) => {
    const known = new Set(await host.list(debugfs));
    if (known.size === 0) return undefined;
    const busy = busyDisks((await host.read('/proc/diskstats')) ?? '').filter((name) => known.has(name));
    const used = await mapBounded(busy, readsAtOnce, (disk) => readDisk(host, disk));
    return used.reduce(most, { busiestPercent: 0, waiters: 0 });
  },
  between: (from, to) => ({ ...most(from, to) }),
};

/** Names of disks and partitions with I/O in flight: field 12 (Documentation/admin-guide/iostats.rst). */
export function busyDisks(diskstats: string): readonly string[] {
  return diskstats.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return Number(fields[11] ?? 0) > 0 ? [fields[2] ?? ''] : [];
  });
}

async function readDisk(host: Scene['host'], disk: string): Promise<TagUse> {
  const queues = (await host.list(`${debugfs}/${disk}`)).filter((entry) => /^hctx\d+$/.test(entry));
  const used = await mapBounded(queues, readsAtOnce, async (queue) => {
    const read = async (file: string) => parseTagSet((await host.read(`${debugfs}/${disk}/${queue}/${file}`)) ?? '');
    const [driver, scheduler] = await Promise.all([read('tags'), read('sched_tags')]);
    return {
      busiestPercent: driver ? (100 * driver.busy) / driver.depth : 0,
      // With a scheduler, a submitter waits for one of its tags instead.
      waiters: Math.max(driver?.waiters ?? 0, scheduler?.waiters ?? 0),
    };
  });
  return used.reduce(most, { busiestPercent: 0, waiters: 0 });
}

/** The worst, not the sum: disks of one adapter show the same tags. */
function most(a: TagUse, b: TagUse): TagUse {
  return {
    busiestPercent: Math.max(a.busiestPercent, b.busiestPercent),
    waiters: Math.max(a.waiters, b.waiters),
  };
}
