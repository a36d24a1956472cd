// Device-mapper devices and the swap of their tables.

import { HostError } from '../../lib/errors.ts';
import { dmClear, dmCreate, dmLoad, dmMessage, dmRemove, dmResume, dmStatus } from '../dm/dm.ts';
import { createClaimed } from '../guard/claim.ts';
import { faultPoint } from '../kernel/fault.ts';
import { dmStatsMessage } from '../step.ts';
import { retryBusy } from '../kernel/wait.ts';
import { nothingToCapture, type Verb } from './verb.ts';

export const dmCreateVerb: Verb<'dm-create'> = {
  present: async ({ name, uuid }) => {
    const status = await dmStatus(name);
    if (status && status.uuid !== uuid)
      throw new HostError(`device-mapper device ${name} is not ours (uuid ${status.uuid || 'none'})`);
    return status !== undefined;
  },
  capture: nothingToCapture,
  act: (step) => (step.claim ? createClaimed(step, step.claim) : dmCreate(step)),
  // A suspended device would hold its openers for ever: it is resumed before it is removed.
  undo: async ({ name }, _prior, patienceMs) => {
    if ((await dmStatus(name))?.suspended) await dmResume(name);
    faultPoint('dm resumed');
    await retryBusy(patienceMs, () => dmRemove(name));
  },
  relieve: async ({ name, uuid }) => {
    const status = await dmStatus(name);
    if (status?.suspended && status.uuid === uuid) await dmResume(name);
  },
};

export const dmSwapVerb: Verb<'dm-swap'> = {
  settles: true,
  shared: true,
  // The device itself is undone by its own step; only a death between load and resume can leave something here.
  present: async ({ name }) => (await dmStatus(name))?.suspended ?? false,
  capture: nothingToCapture,
  act: async ({ name, table }) => {
    try {
      await dmLoad(name, table);
      faultPoint('dm-swap loaded');
      await dmResume(name);
    } catch (failure) {
      await dmClear(name).catch(() => undefined);
      throw failure;
    }
    return '';
  },
  undo: async ({ name }) => {
    await dmClear(name);
    faultPoint('dm-swap cleared');
    await dmResume(name);
  },
};

export const dmStatsVerb: Verb<'dm-stats'> = {
  settles: true,
  shared: true,
  present: () => Promise.resolve(false),
  capture: nothingToCapture,
  act: ({ name }) => dmMessage(name, dmStatsMessage),
  undo: () => Promise.resolve(),
};
