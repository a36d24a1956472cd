// SCSI: what an adapter takes from all its disks together, and what each disk is sent.

import { byCommand, byHand, byTurning, type Change } from './change.ts';
import { type Disk, scsiLayer } from './disk.ts';
import type { KnobId } from './ids.ts';
import { countIn, type Knob, type KnobRow, readKnob, type Reader } from './knob.ts';
import { diskSource, listSource } from './source.ts';

interface Adapter extends Pick<KnobRow, 'id' | 'change'> {
  readonly canQueue?: number;
}

interface DiskDepth {
  readonly id?: KnobId;
  readonly queueDepth: number;
}

// By proc_name. Defaults: drivers/target/loopback/tcm_loop.c; open-iscsi's node.session.cmds_max 128, of which libiscsi
// keeps 15 for itself (drivers/scsi/libiscsi.c, ISCSI_MGMT_CMDS_MAX).
const adapters: Readonly<Record<string, Adapter>> = {
  tcm_loopback: {
    ...{ id: 'tcm.canq', canQueue: 1024 },
    change: byCommand('echo N >/sys/module/tcm_loop/parameters/can_queue', 'for the next adapter'),
  },
  iscsi_tcp: {
    ...{ id: 'iscsi.cmds', canQueue: 113 },
    change: byCommand('iscsiadm -m node -o update -n node.session.cmds_max -v N', 'log in again'),
  },
};
const otherAdapter: Adapter = {
  id: 'scsi.canq',
  change: byHand("a parameter of the adapter's driver, if it has one", 'reload'),
};

const diskDepths: Readonly<Record<string, DiskDepth>> = {
  tcm_loopback: { queueDepth: 1024 },
  iscsi_tcp: { queueDepth: 32 },
  ahci: { queueDepth: 32 },
  virtio_scsi: { id: 'vscsi.cpl', queueDepth: 128 },
};

/** The adapters that have disks; those without hold nothing back. */
export const scsiAdapters = listSource('SCSI adapters', (_, disks) => Promise.resolve(hostsOf(disks)), readAdapter);

function hostsOf(disks: readonly Disk[]): readonly string[] {
  const used = disks.flatMap(({ kind, parent }) => (kind === 'scsi' && parent !== undefined ? [parent] : []));
  return [...new Set(used)];
}

async function readAdapter(reader: Reader, host: string): Promise<readonly Knob[]> {
  const folder = `/sys/class/scsi_host/${host}`;
  const driver = (await reader.read(`${folder}/proc_name`))?.trim() ?? '';
  const { id, change, canQueue } = adapters[driver] ?? otherAdapter;
  // With several queues it is the cap of each, unless the driver has one set of tags for all (host_tagset).
  const queues = countIn(await reader.read(`${folder}/nr_hw_queues`));
  return readKnob(reader, `${folder}/can_queue`, {
    ...{ id, layer: scsiLayer(driver), name: 'can_queue', device: host, sharedIn: host, scope: 'shared', change },
    ...{ defaultValue: canQueue, queues: queues === 0 ? undefined : queues },
    limitOf: (count) => count,
  });
}

export const scsiDepth = diskSource('queue_depth', async (reader, { kind, name, layer, via, parent }: Disk) => {
  if (kind !== 'scsi') return [];
  const { id = 'scsi.qd', queueDepth } = diskDepths[via ?? ''] ?? {};
  const where = `/sys/block/${name}/device/queue_depth`;
  return readKnob(reader, where, {
    ...{ id, layer, name: 'queue_depth', device: name, scope: 'device', defaultValue: queueDepth },
    limitOf: (count) => count,
    change: await depthChange(reader, name, parent),
  });
});

/** Of 1 up to what the whole adapter takes (drivers/scsi/scsi_sysfs.c, sdev_store_queue_depth). */
async function depthChange(reader: Reader, disk: string, adapter: string | undefined): Promise<Change> {
  const effect = 'live, up to can_queue';
  const attribute = 'device/queue_depth';
  const most = countIn(await reader.read(`/sys/class/scsi_host/${adapter ?? ''}/can_queue`));
  return most === undefined
    ? byCommand(`echo N >/sys/block/${disk}/${attribute}`, effect)
    : byTurning(disk, { attribute, least: 1, most }, effect);
}
