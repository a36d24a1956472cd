// Keeps writes off data that is not ours, by a device-mapper device that claims what it stands on for the whole run
// and fails every write in the kernel, whoever sends it; unless the caller named the device to be overwritten.

import { basename } from 'node:path';
import { linearTable, readOnlyTable } from '../host/dm/table.ts';
import type { Claim } from '../host/guard/device-guard.ts';
import type { Need } from '../host/needs/needs.ts';
import type { Lane, Site } from './provider.ts';

export const guardNeeds: readonly Need[] = [
  { kind: 'module', name: 'dm_flakey', forWhat: 'keeping writes off the real device' },
];

/** Gives the guarded lane as the only one. Writes pass only with a claim that says which serial may be destroyed. */
export async function raiseGuard({ host, names }: Site, lane: Lane, claim?: Claim): Promise<readonly Lane[]> {
  // By number where it is known: the path may lead elsewhere by now.
  const target = claim?.number ?? lane.device;
  const common = { kind: 'dm-create', ...names.dm('guard'), ...(claim ? { claim } : {}) } as const;
  if (claim?.destroy) {
    const why = `claims ${lane.device} for the run; it is to be overwritten`;
    const device = await host.apply({ ...common, table: linearTable(target, lane.sectors), why });
    return [{ device, sectors: lane.sectors }];
  }
  await host.apply({ kind: 'module', name: 'dm_flakey', why: 'fails writes to the real device in the kernel' });
  const why = `claims ${lane.device} for the run and lets only reads through`;
  const device = await host.apply({ ...common, table: readOnlyTable(target, lane.sectors), readOnly: true, why });
  // A flush counts as a write: where a cache is on offer, whoever stands above sends one when it goes, and what fails then
  // is an I/O error in the kernel's log.
  await host.apply({
    kind: 'write',
    path: `/sys/block/${basename(device)}/queue/write_cache`,
    value: 'write through',
    restore: 'never',
    why: 'nothing above is to flush what is only read',
  });
  return [{ device, sectors: lane.sectors }];
}
