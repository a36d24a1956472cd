// What keeps writes off data that is not ours: a device-mapper device that claims what it stands on for the whole run
// and fails every write in the kernel, whoever sends it.

import { readOnlyTable } from '../host/dm-table.ts';
import type { Need } from '../host/needs.ts';
import type { Lane, Site } from './provider.ts';

export const guardNeeds: readonly Need[] = [
  { kind: 'module', name: 'dm_flakey', forWhat: 'keeping writes off the real device' },
];

/** Gives the guarded lane as the only one. */
export async function raiseGuard({ host, names }: Site, lane: Lane): Promise<readonly Lane[]> {
  await host.apply({ kind: 'module', name: 'dm_flakey', why: 'fails writes to the real device in the kernel' });
  const device = await host.apply({
    kind: 'dm-create',
    ...names.dm('guard'),
    table: readOnlyTable(lane.device, lane.sectors),
    readOnly: true,
    why: `claims ${lane.device} for the run and lets only reads through`,
  });
  return [{ device, sectors: lane.sectors }];
}
