// Knobs that the block layer adds to a disk: its queue of requests, its scheduler, throttling of write-back, merging, and
// the fair share of tags among disks. All of it belongs to the layer of the disk, and goes when that is replaced.
//
// Limits that come and go with the kind of I/O are not claimed: writeback throttling (wbt) holds back buffered writes
// alone, to 4, 8 or 16 of them, and leaves direct I/O through.

import { chosenValue } from '../host/formats/choice.ts';
import { parseTagSet } from '../lib/tag-set.ts';
import { byCommand, byHand, byTurning } from './change.ts';
import { knobOf, readKnob } from './knob.ts';
import { diskSource, type KnobSource } from './source.ts';

const requests = diskSource('nr_requests', async (reader, { name: device, layer, queues, tags, depth }) => {
  const folder = `/sys/block/${device}/queue`;
  const scheduler = chosenValue((await reader.read(`${folder}/scheduler`)) ?? '') || 'none';
  // block/blk-mq-sched.c, blk_mq_init_sched: 2 * min(tags, BLKDEV_DEFAULT_RQ).
  const defaultValue = tags === undefined ? undefined : scheduler === 'none' ? tags : 2 * Math.min(tags, 128);
  return readKnob(reader, `${folder}/nr_requests`, {
    ...{ id: 'blk.nrreq', layer, name: `nr_requests (${scheduler})`, device, queues, scope: 'queue', defaultValue },
    // At and above the driver's tags it lets through whatever those do.
    limitOf: (count) => (depth === undefined || count < depth ? count : undefined),
    // block/blk-sysfs.c, queue_requests_store: BLKDEV_MIN_RQ. block/blk-mq.c, blk_mq_update_nr_requests: without a scheduler
    // no more than the driver's tags, with one MAX_SCHED_RQ (16 * BLKDEV_DEFAULT_RQ).
    change:
      tags === undefined
        ? byCommand(`echo N >${folder}/nr_requests`, 'live')
        : byTurning(device, { attribute: 'queue/nr_requests', least: 4, most: scheduler === 'none' ? tags : 2048 }),
  });
});

const kyber = diskSource('scheduler', async (reader, { name: device, layer }) => {
  const where = `/sys/block/${device}/queue/scheduler`;
  const scheduler = chosenValue((await reader.read(where)) ?? '') || 'none';
  if (scheduler !== 'kyber') return [];
  // block/kyber-iosched.c, kyber_depth.
  const domains = [
    ['reads', 256],
    ['writes', 128],
  ] as const;
  return domains.map(([what, limit]) => ({
    ...knobOf(where, scheduler, {
      ...{ id: 'blk.kyber', layer, name: `kyber ${what}`, device, scope: 'device' },
      change: byTurning(device, { attribute: 'queue/scheduler', word: 'none' }),
    }),
    limit,
  }));
});

const writeback = diskSource('wbt_lat_usec', async (reader, { name: device, layer }) => {
  const folder = `/sys/block/${device}/queue`;
  const where = `${folder}/wbt_lat_usec`;
  // A queue without wbt answers with an error instead of a value.
  const value = (await reader.read(where).catch(() => undefined))?.trim() ?? '';
  if (value === '') return [];
  const defaultValue = (await reader.read(`${folder}/rotational`))?.trim() === '1' ? 75_000 : 2000;
  const change = byCommand(`echo 0 >${where}`, 'live, buffered writes alone');
  return [
    knobOf(where, value, {
      ...{ id: 'blk.wbt', layer, name: 'wbt_lat_usec', device, scope: 'device', defaultValue, change },
    }),
  ];
});

const merges = diskSource('nomerges', (reader, { name: device, layer, kind }) => {
  const where = `/sys/block/${device}/queue/nomerges`;
  return readKnob(reader, where, {
    // block/blk-sysfs.c, queue_nomerges_store: 0 merges, 1 tries less, 2 does not. A loop device sets it by itself, after
    // whether its I/O is direct (drivers/block/loop.c, __loop_update_dio).
    ...{ id: 'blk.merge', layer, name: 'nomerges', device, scope: 'device' },
    defaultValue: kind === 'loop' ? undefined : 0,
    change: byCommand(`echo N >${where}`, 'live'),
  });
});

/** While several disks use shared tags, each gets its part, at least 4 (block/blk-mq.h, hctx_may_queue). */
const fairShare = diskSource('fair share', async (reader, { name: device, layer, queues, depth, parent }) => {
  if (parent === undefined || depth === undefined) return [];
  // Without root, or where debugfs is not mounted, this is not known. The first queue stands for all.
  const text = await reader.read(`/sys/kernel/debug/block/${device}/hctx0/tags`).catch(() => undefined);
  const active = parseTagSet(text ?? '')?.activeQueues ?? 0;
  if (active < 2) return [];
  const limit = Math.min(depth, Math.max(Math.ceil(depth / active), 4));
  return [
    knobOf(`/sys/kernel/debug/block/${device}/hctx0/tags`, `${active}`, {
      ...{ id: 'blk.fair', layer, name: 'active_queues', device, queues, scope: 'queue' },
      limitOf: () => limit,
      change: byHand(`fewer busy disks on ${parent}, or another adapter`, 'live, within seconds'),
    }),
  ];
});

/** One line a setting that any disk has. */
export const queueSettings: readonly KnobSource[] = [requests, kyber, writeback, merges, fairShare];
