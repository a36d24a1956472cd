// QEMU and its storage daemon, from their command lines: what a monitor's own block layer lets through.

import { mapBounded } from '../lib/map-bounded.ts';
import { byHand } from './change.ts';
import { readsAtOnce } from './disk.ts';
import { type Knob, knobOf, type KnobRow, type Reader } from './knob.ts';
import { listSource } from './source.ts';

/** Requests that the pool of threads of one loop has at work (include/block/aio.h; qapi/qom.json, thread-pool-max). */
const poolThreads = 64;

export const monitors = listSource(
  'QEMU',
  async (reader, _disks, ofRun) => {
    const ids = (await reader.list('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await mapBounded(ids, readsAtOnce, async (id) => {
      const comm = (await reader.read(`/proc/${id}/comm`)) ?? '';
      if (!/^(qemu-system|qemu-kvm|kvm$|qemu-storage)/.test(comm)) return [];
      const line = (await reader.read(`/proc/${id}/cmdline`)) ?? '';
      return ofRun === undefined || line.includes(`name=${ofRun}`) ? [`/proc/${id}/cmdline`] : [];
    });
    return found.flat();
  },
  async (reader, where) => knobsOf(where, (await reader.read(where)) ?? '', await nameOf(reader, where)),
);

async function nameOf(reader: Reader, where: string): Promise<string> {
  const id = where.split('/')[2] ?? '';
  return `${((await reader.read(`/proc/${id}/comm`)) ?? 'qemu').trim()} ${id}`;
}

function knobsOf(where: string, line: string, process: string): readonly Knob[] {
  const words = line.split('\0');
  const disks = words.filter((word) => /^(vduse-blk|vhost-user-blk|nbd|virtio-blk|scsi-hd|scsi-block)[-,]/.test(word));
  const exported = /(?:^|,)name=([^,]+)/.exec(disks[0] ?? '')?.[1];
  // Disks of one process share its loop and what belongs to it.
  const place =
    disks.length > 1
      ? ({ scope: 'shared', device: process, sharedIn: process } as const)
      : ({ scope: 'device', device: exported ?? process } as const);
  const row = (id: KnobRow['id'], name: string, more: Partial<KnobRow>, option: string): KnobRow => ({
    ...{ id, layer: 'ring', name, ...place, ...more },
    change: byHand(option, 're-attach'),
  });
  const having = (pattern: RegExp): readonly string[] => words.filter((word) => pattern.test(word));
  // `-drive` has a pool of threads where it names no engine; what is left out of a -blockdev is threads as well.
  const usesPool = words.some(
    (word) =>
      /(^|,)aio=threads(,|$)/.test(word) || (/^(host_device|file),|file=/.test(word) && !/(^|,)aio=/.test(word)),
  );
  const pool = /thread-pool-max=(\d+)/.exec(line)?.[1] ?? `${poolThreads}`;
  const threads = having(/^iothread,/).length;
  const limits = having(/^throttle-group,/).concat(having(/(^|,)(throttling\.|iops|bps)[a-z_-]*=\d/));
  return [
    ...(usesPool
      ? [
          knobOf(
            where,
            pool,
            row(
              'vmm.pool',
              'thread-pool-max (aio=threads)',
              { defaultValue: poolThreads, limitOf: (count) => count },
              'thread-pool-max of its iothread or main-loop, or aio=native or io_uring',
            ),
          ),
        ]
      : []),
    ...(disks.length > 0
      ? [
          knobOf(
            where,
            `${threads}`,
            row('vmm.iothreads', 'iothreads', {}, '-object iothread, and iothread= of the disk'),
          ),
        ]
      : []),
    ...limits.map((word) => knobOf(where, word, row('vmm.throttle', 'throttle', {}, 'the limits of the disk'))),
  ];
}
