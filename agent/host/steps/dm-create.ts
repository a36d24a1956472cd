// A device-mapper device.

import { basename } from 'node:path';
import { HostError } from '../../lib/errors.ts';
import { dmCreate, type DmDevice, dmRemove, dmResume, dmStatus } from '../dm/dm.ts';
import { createClaimed } from '../guard/claim.ts';
import { namingUsers } from '../guard/users.ts';
import { faultPoint } from '../kernel/fault.ts';
import { retryBusy } from '../kernel/wait.ts';
import { quote, words } from '../../lib/shell-words.ts';
import { showTable } from '../dm/table.ts';
import type { Claim } from '../guard/device-guard.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface DmCreateStep extends StepBase, DmDevice {
  readonly kind: 'dm-create';
  /** The device that is not ours and that this one claims for the run: looked at before and after. */
  readonly claim?: Claim;
}

export const dmCreateStep: StepKind<DmCreateStep> = {
  kind: 'dm-create',
  text: ({ name, uuid, table, readOnly }) => ({
    act: `${words(['dmsetup', 'create', name, '-u', uuid, ...(readOnly ? ['--readonly'] : []), '--table'])} ${quote(showTable(table))}`,
    undo: words(['dmsetup', 'remove', '--retry', name]),
  }),
  present: async ({ name, uuid }, _prior, kernel) => {
    const status = await dmStatus(name, kernel);
    if (status && status.uuid !== uuid)
      throw new HostError(`device-mapper device ${name} is not ours (uuid ${status.uuid || 'none'})`);
    return status !== undefined;
  },
  capture: nothingToCapture,
  act: (step, _prior, _stop, kernel) => (step.claim ? createClaimed(step, step.claim, kernel) : dmCreate(step, kernel)),
  // A suspended device would hold its openers for ever: it is resumed before it is removed.
  undo: async ({ name }, _prior, patienceMs, kernel) => {
    const status = await dmStatus(name, kernel);
    if (status?.suspended) await dmResume(name, kernel);
    faultPoint('dm resumed');
    const remove = (): Promise<unknown> => retryBusy(patienceMs, () => dmRemove(name, kernel));
    await namingUsers(basename(status?.node ?? name), remove, { eyes: kernel });
  },
  release: async ({ name, uuid }, kernel) => {
    const status = await dmStatus(name, kernel);
    if (status?.suspended && status.uuid === uuid) await dmResume(name, kernel);
  },
};
