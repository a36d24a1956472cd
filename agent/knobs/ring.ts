// The ring: what the drivers between guest and host give the next device that they make. What a device has got is read at
// the device (driver-tags.ts, scsi.ts, xen.ts), so these imply no limit by themselves.

import { byCommand, byHand, type Change } from './change.ts';
import { cpusIn } from './knob.ts';
import { type FileRow, fileSource, parameterPath } from './parameters.ts';
import type { KnobSource } from './source.ts';

const layer = 'ring';

export const ringParameters = fileSource('ring parameters', [
  {
    ...{ id: 'tcm.canq', layer, name: 'tcm_loop.can_queue', scope: 'host', defaultValue: 1024 },
    path: parameterPath('tcm_loop', 'can_queue'),
    change: byCommand(`echo N >${parameterPath('tcm_loop', 'can_queue')}`, 'for the next adapter'),
  },
  {
    ...{ id: 'tcm.canq', layer, name: 'tcm_loop.cmd_per_lun', scope: 'host', defaultValue: 1024 },
    path: parameterPath('tcm_loop', 'cmd_per_lun'),
    change: byCommand(`echo N >${parameterPath('tcm_loop', 'cmd_per_lun')}`, 'for the next adapter'),
  },
  {
    ...{ id: 'tcm.canq', layer, name: 'tcm_loop.nr_hw_queues', scope: 'host', defaultValue: 1 },
    path: parameterPath('tcm_loop', 'nr_hw_queues'),
    change: byCommand(`echo N >${parameterPath('tcm_loop', 'nr_hw_queues')}`, 'for the next adapter'),
  },
  {
    ...{ id: 'loop.qd', layer, name: 'loop.hw_queue_depth', scope: 'host', defaultValue: 128 },
    path: parameterPath('loop', 'hw_queue_depth'),
    change: byCommand('modprobe loop hw_queue_depth=N', 'reload'),
  },
  {
    ...{ id: 'virtio.qsz', layer, name: 'virtio_blk.queue_depth (0: the whole ring)', scope: 'host', defaultValue: 0 },
    path: parameterPath('virtio_blk', 'queue_depth'),
    change: byCommand('modprobe virtio_blk queue_depth=N', 'reload'),
  },
]);

/** Both ends of Xen's block rings; a ring gets what the smaller end offers. Defaults: drivers/block/xen-blk{front,back}. */
export const xenParameters: KnobSource = {
  name: 'Xen parameters',
  parts: async (reader, disks) => {
    const cpus = cpusIn(await reader.read('/sys/devices/system/cpu/online'));
    const front = frontRows(cpus === undefined ? undefined : Math.min(4, cpus));
    return fileSource('Xen parameters', [...front, ...backRows(cpus)]).parts(reader, disks);
  },
};

function frontRows(maxQueues: number | undefined): readonly FileRow[] {
  const common = { layer, scope: 'host' } as const;
  const path = (parameter: string): string => parameterPath('xen_blkfront', parameter);
  const boot = (parameter: string): Change =>
    byHand(`guest: xen_blkfront.${parameter}=N on its command line`, 'reboot it');
  return [
    {
      ...{ ...common, id: 'xen.order', name: 'blkfront max_ring_page_order', defaultValue: 0 },
      ...{ path: path('max_ring_page_order'), change: boot('max_ring_page_order') },
    },
    {
      ...{ ...common, id: 'xen.queues', name: 'blkfront max_queues', defaultValue: maxQueues },
      ...{ path: path('max_queues'), change: boot('max_queues') },
    },
    {
      ...{ ...common, id: 'xen.indirect', name: 'blkfront max_indirect_segments', defaultValue: 32 },
      ...{ path: path('max_indirect_segments'), change: boot('max_indirect_segments') },
    },
    {
      ...{ ...common, id: 'xen.persistent', name: 'blkfront feature_persistent', defaultValue: 'Y' },
      ...{
        path: path('feature_persistent'),
        change: byHand(`guest: echo Y|N >${path('feature_persistent')}`, 're-attach'),
      },
    },
  ];
}

function backRows(cpus: number | undefined): readonly FileRow[] {
  const common = { layer, scope: 'host' } as const;
  const path = (parameter: string): string => parameterPath('xen_blkback', parameter);
  return [
    {
      ...{ ...common, id: 'xen.beorder', name: 'blkback max_ring_page_order', defaultValue: 4 },
      ...{
        path: path('max_ring_page_order'),
        change: byCommand('modprobe xen-blkback max_ring_page_order=N', 're-attach'),
      },
    },
    {
      ...{ ...common, id: 'xen.queues', name: 'blkback max_queues', defaultValue: cpus },
      ...{ path: path('max_queues'), change: byCommand(`echo N >${path('max_queues')}`, 're-attach') },
    },
    {
      ...{ ...common, id: 'xen.persistent', name: 'blkback feature_persistent', defaultValue: 'Y' },
      ...{ path: path('feature_persistent'), change: byHand(`echo Y|N >${path('feature_persistent')}`, 're-attach') },
    },
    {
      ...{ ...common, id: 'xen.pgrants', name: 'blkback max_persistent_grants', defaultValue: 1056 },
      ...{ path: path('max_persistent_grants'), change: byCommand(`echo N >${path('max_persistent_grants')}`, 'live') },
    },
  ];
}
