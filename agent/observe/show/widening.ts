// What would widen a limit: a setting by its name, and where it is set.

import type { Full, ObservedDevice } from '../document.ts';

type LimitFull = Extract<Full, { kind: 'limit' }>;

/** By the kind of device, as `discover` names it. */
const byKind: readonly (readonly [RegExp, string])[] = [
  [/^nvme-(tcp|rdma|fc)$/, 'connect again with a larger --queue-size or more --nr-io-queues'],
  [/^nvme$/, 'nvme.io_queue_depth on the command line of the kernel'],
  [/^loop$/, 'the parameter hw_queue_depth of the module loop, for devices that are made later'],
  [/^nbd$/, 'more connections to the server (nbd-client -C)'],
  [/^rbd$/, 'the map option queue_depth, when it is mapped anew'],
  [
    /^(virtio|virtio-blk.*|vhost-user-blk.*|export-.*)$/,
    'queue-size or num-queues of that disk in the virtual machine monitor',
  ],
  [/^scsi-/, 'virtqueue_size, num_queues or cmd_per_lun of the virtio-scsi adapter'],
  [/^xen-vbd/, 'max_ring_page_order and max_queues of xen_blkfront in the guest'],
  [/^ublk$/, 'the queue depth of its server, when the device is made'],
  [/^null_blk$/, 'hw_queue_depth or submit_queues, when it is made anew'],
  [/^multipath$/, 'dm_mq_queue_depth of the module dm_mod, for tables that are loaded later'],
];

export function widening({ what, device: id }: LimitFull, device: ObservedDevice | undefined): string {
  const at = device?.countedAt ?? id;
  switch (what) {
    case 'lun':
      return `echo N >/sys/block/${at}/device/queue_depth, up to what the adapter takes`;
    case 'session':
      return 'node.session.cmds_max of open-iscsi and a new login, or a second session';
    case 'adapter':
      return "can_queue of the adapter's driver, by a parameter of its module where it has one";
    case 'scheduler':
      return `echo N >/sys/block/${at}/queue/nr_requests, or scheduler none`;
    case 'hardware-queue':
    case 'ring':
    case 'tags': {
      const known = byKind.find(([pattern]) => pattern.test(device?.kind ?? ''))?.[1];
      const more = what === 'hardware-queue' ? 'I/O from more CPUs, which have queues of their own; or ' : '';
      return `${more}${known ?? 'the depth that its driver gives it, where that can be set'}`;
    }
  }
}
