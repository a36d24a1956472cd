// Every kind of setting that is known, by its id; agent/docs/knobs.md lists them. A row of a source cannot have another.

/** In the order of the path, from the guests downward; what stands at any disk comes last. */
export const knownKnobs = {
  'aio.max': 'events of asynchronous I/O that the host has in all',
  'cg.iomax': 'a rate that cgroups v2 set on a disk (io.max)',
  'tcm.canq': 'tcm_loop: commands of an adapter, of a LUN; hardware queues',
  'vduse.qsz': 'VDUSE: entries of a virtqueue',
  'virtio.qsz': 'virtio-blk: entries of a virtqueue',
  'vscsi.cpl': 'virtio-scsi: commands of a LUN',
  'ublk.qd': 'ublk: depth of a queue',
  'loop.qd': 'loop device: depth of its queue',
  'xen.order': 'blkfront: pages of a ring, as a power of two',
  'xen.beorder': 'blkback: the most pages of a ring that it offers',
  'xen.queues': 'Xen block device: rings',
  'xen.indirect': 'blkfront: segments of one request',
  'xen.persistent': 'Xen block device: grants stay mapped',
  'xen.pgrants': 'blkback: grants of a ring that stay mapped',
  'xen.protocol': 'Xen block device: layout of the ring',
  'dm.rqdepth': 'device-mapper, request-based (multipath): depth and queues',
  'nvmf.qsz': 'NVMe over fabrics: entries of a queue; queues',
  'nvmet.qid': 'NVMe target of this host: queues, and entries of one',
  'iscsi.cmds': 'open-iscsi: commands of a session',
  'lio.cmdsn': 'iSCSI target of this host (LIO): commands of a session',
  'nfs.slots': 'NFS client: requests of a session',
  'nbd.conn': 'nbd: requests of a connection',
  'rbd.qd': 'rbd: depth of a queue',
  'net.bdp': 'windows and backlogs of the network stack',
  'nvme.qd': 'NVMe disk: entries of a queue; queues',
  'scsi.canq': 'SCSI adapter: commands of all its disks together',
  'scsi.qd': 'SCSI or SATA disk: queue depth',
  'null.qd': 'null_blk: depth of a queue',
  'null.shared': 'null_blk: its disks share their tags',
  'blk.tags': 'any disk: tags that its driver gives a hardware queue',
  'blk.nrreq': 'any disk: requests of its scheduler',
  'blk.kyber': "any disk: the scheduler kyber's share for reads and writes",
  'blk.wbt': 'any disk: writeback throttling, of buffered writes alone',
  'blk.fair': 'any disk: its share of tags while others on the adapter are busy',
} as const;

/** The same on every host, such as `tcm.canq`. */
export type KnobId = keyof typeof knownKnobs;
