// One line a source. The inventory has rows that no file tells, which are left out:
//
// - queue-size and num-queues of a virtual machine's disk: in the guest its disk has the outcome.
// - netem's limit, windows of connections: behind netlink (`tc`, `ss`).
// - DRBD's max-buffers: behind netlink (`drbdsetup`).
// - the load's iodepth and numjobs: in the profile.
// - how many grants are in use: Xen tells only its own log (`xl debug-keys g`, `xl dmesg`), blkback only the kernel's
//   (log_stats); what a ring may take at most is in `lib/xen.ts`, and `doctor` compares it with what there is.
// - device-mapper's bio-based targets: no limit to read.

import { reasonOf } from '../lib/errors.ts';
import { mapBounded } from '../lib/map-bounded.ts';
import { dmParameters } from './blockstack.ts';
import { findDisks, readsAtOnce } from './disk.ts';
import { driverTags } from './driver-tags.ts';
import type { Knob, Reader } from './knob.ts';
import { asyncEvents, cgroupLimits } from './load.ts';
import { mediaParameters } from './media.ts';
import { iscsiSettings, networkFiles } from './network.ts';
import { nvmeControllers } from './nvme.ts';
import { queueSettings } from './queue.ts';
import { ringParameters, xenParameters } from './ring.ts';
import { scsiAdapters, scsiDepth } from './scsi.ts';
import type { KnobSource, Part } from './source.ts';
import { iscsiTarget, nvmeTarget } from './targets.ts';
import { monitors } from './vmm.ts';
import { xenVbds } from './xen.ts';

const sources: readonly KnobSource[] = [
  ...[mediaParameters, nvmeControllers],
  ...[networkFiles, iscsiSettings, iscsiTarget, nvmeTarget],
  ...[dmParameters, ringParameters, monitors, xenVbds, xenParameters],
  ...[scsiAdapters, scsiDepth, driverTags, ...queueSettings],
  ...[asyncEvents, cgroupLimits],
];

export interface Inventory {
  readonly knobs: readonly Knob[];
  /** Sources that could not be read, and why; their knobs are left out. */
  readonly failed: readonly { readonly source: string; readonly reason: string }[];
}

/** Reads the whole inventory, or with `ofRun` (see KnobSource) that of a run. Never rejects: what fails is named. */
export async function readKnobs(reader: Reader, ofRun?: string): Promise<Inventory> {
  const failed: { source: string; reason: string }[] = [];
  const attempt = async <T>(source: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await read();
    } catch (failure) {
      failed.push({ source, reason: reasonOf(failure) });
      return [];
    }
  };
  const disks = await attempt('disks', async () => {
    const found = await findDisks(reader);
    failed.push(...found.failed.map(({ name, failure }) => ({ source: `disk ${name}`, reason: reasonOf(failure) })));
    return found.disks;
  });
  const parts = await Promise.all(
    sources.map(({ name, parts }) => attempt<Part>(name, () => parts(reader, disks, ofRun))),
  );
  const read = await mapBounded(parts.flat(), readsAtOnce, (part) => attempt(part.name, part.read));
  return { knobs: read.flat(), failed };
}
