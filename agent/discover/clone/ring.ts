// The ring of a way as a provider has it, with the settings of the machine's monitor where it is QEMU's.

import type { Device } from '../document.ts';
import { type LayerClone, type Line, nothing, origin, value, whole, within } from './values.ts';

export function ringOf(way: readonly Device[]): LayerClone {
  const ring = way.find((device) => device.layer === 'ring');
  if (!ring) return nothing;
  if (ring.kind === 'loop') return { cloned: { provider: 'loop', lines: [] }, open: [] };
  if (ring.kind.startsWith('xen-vbd (')) return xenRing(ring);
  if (/^(virtio-blk|scsi-hd|scsi-block|vhost-user-blk|export-)/.test(ring.kind) && ring.limit) return virtioRing(ring);
  return {
    cloned: undefined,
    open: [`ring: ${ring.kind} of ${ring.name} has no counterpart; the guests' disks are used without a ring`],
  };
}

function xenRing(ring: Device): LayerClone {
  const order = whole(value(ring, 'ring-page-order')) ?? 0;
  const queues = whole(value(ring, 'num-queues')) ?? 1;
  const from = ring.limit?.from ?? 'xenstore-ls';
  return {
    cloned: {
      provider: 'xen-vbd',
      lines: [
        { key: 'ringPageOrder', value: within(order, 0, 4), origin: from },
        { key: 'queues', value: within(queues, 1, 16), origin: from },
      ],
    },
    open: ring.kind.includes('blkback')
      ? []
      : [
          `ring: it is served by ${ring.kind.replace(/^xen-vbd \(|\)$/g, '')}, and blkback stands for it: CPU and latency of that process are not cloned`,
        ],
  };
}

function virtioRing(ring: Device): LayerClone {
  const [, queues, size] = /^(\d+) x (\d+) /.exec(ring.limit?.says ?? '') ?? [];
  const from = `${ring.limit?.from ?? ''}${ring.limit?.says.includes('default') ? ", QEMU's default where it says nothing" : ''}`;
  const power = 2 ** Math.floor(Math.log2(within(Number(size ?? 256), 4, 1024)));
  const monitor = monitorOf(ring);
  return {
    cloned: {
      provider: 'vduse',
      lines: [
        { key: 'queues', value: within(Number(queues ?? 1), 1, 16), origin: from },
        { key: 'queueSize', value: power, origin: from },
        ...monitor.lines,
      ],
    },
    open: [
      ...monitor.open,
      'ring: a storage daemon stands for QEMU: CPU that the machine itself takes in the same threads is not cloned',
      ...(ring.kind.startsWith('scsi')
        ? ['ring: virtio-blk stands for virtio-scsi, whose adapter its disks share']
        : []),
    ],
  };
}

/** How QEMU does the disk's I/O, in the words of `vduse`. */
function monitorOf(ring: Device): { readonly lines: readonly Line[]; readonly open: readonly string[] } {
  const read = (name: string): string | undefined => value(ring, name);
  const from = (name: string): string => origin(ring, name);
  const cache = cacheOf(ring);
  const [aio, format, iops] = [read('aio'), read('format'), read('iops')];
  const isKnownFormat = format === 'raw' || format === 'qcow2';
  const isAio = aio !== undefined && ['native', 'threads', 'io_uring'].includes(aio);
  const hasAio = isAio && !(aio === 'native' && cache.isBuffered);
  return {
    lines: [
      ...(cache.line ? [cache.line] : []),
      ...(hasAio ? [{ key: 'aio', value: aio, origin: from('aio') }] : []),
      ...(read('iothread') === undefined ? [] : [{ key: 'iothreads', value: 1, origin: from('iothread') }]),
      ...(isKnownFormat ? [{ key: 'format', value: format, origin: from('format') }] : []),
      ...(/^(unmap|on)$/.test(read('discard') ?? '')
        ? [{ key: 'discard', value: 'unmap', origin: from('discard') }]
        : []),
      ...(iops !== undefined && /^[1-9]\d{0,8}$/.test(iops)
        ? [{ key: 'throttle', value: `{ iops: ${iops} }`, origin: from('iops') }]
        : []),
    ],
    open: [
      ...(format === undefined || isKnownFormat
        ? []
        : [`ring: format ${format} of ${ring.name} is not cloned: raw stands for it`]),
      ...(isAio && !hasAio
        ? [`ring: aio native of ${ring.name} goes through the page cache: threads stand for it`]
        : []),
      ...(format === 'qcow2' ? ['ring: the tables of qcow2 are full and in memory; backing files are missing'] : []),
      ...(read('throttle') === undefined
        ? []
        : [`ring: throttle group ${read('throttle') ?? ''} of ${ring.name}: its limits are not seen, and not cloned`]),
    ],
  };
}

const direct: readonly string[] = ['none', 'directsync'];
const buffered: readonly string[] = ['writeback', 'writethrough', 'unsafe'];

/** The flags of the open file are the truth on the page cache, the command line names the mode; the default is writeback. */
function cacheOf(ring: Device): { readonly line: Line | undefined; readonly isBuffered: boolean } {
  const [named, opened] = [value(ring, 'cache'), value(ring, 'opened')];
  const isNamedDirect = named !== undefined && (direct.includes(named) || named === 'direct');
  const isBuffered = opened === undefined ? !isNamedDirect : opened === 'buffered';
  const modes = isBuffered ? buffered : direct;
  const mode = named !== undefined && modes.includes(named) ? named : modes[0];
  const from =
    opened === undefined ? (named === undefined ? undefined : origin(ring, 'cache')) : origin(ring, 'opened');
  if (mode === undefined || from === undefined) return { line: undefined, isBuffered: false };
  return { line: { key: 'cache', value: mode, origin: from }, isBuffered };
}
