// The swap of a device-mapper device's table: load, then resume, which waits until the I/O in flight has drained.

import { dmClear, dmLoad, dmResume, dmStatus } from '../dm/dm.ts';
import { faultPoint } from '../kernel/fault.ts';
import { quote, word } from '../../lib/shell-words.ts';
import { showTable, type DmTable } from '../dm/table.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface DmSwapStep extends StepBase {
  readonly kind: 'dm-swap';
  readonly name: string;
  readonly table: DmTable;
}

export const dmSwapStep: StepKind<DmSwapStep> = {
  kind: 'dm-swap',
  text: ({ name, table }) => ({
    act: `dmsetup load ${word(name)} --table ${quote(showTable(table))} && dmsetup resume ${word(name)}`,
    undo: `dmsetup resume ${word(name)}  # only if it is found suspended`,
  }),
  settles: true,
  shared: true,
  // The device itself is undone by its own step; only a death between load and resume can leave something here.
  present: async ({ name }, _prior, kernel) => (await dmStatus(name, kernel))?.suspended ?? false,
  capture: nothingToCapture,
  act: async ({ name, table }, _prior, _stop, kernel) => {
    try {
      await dmLoad(name, table, kernel);
      faultPoint('dm-swap loaded');
      await dmResume(name, kernel);
    } catch (failure) {
      await dmClear(name, kernel).catch(() => undefined);
      throw failure;
    }
    return '';
  },
  undo: async ({ name }, _prior, _patienceMs, kernel) => {
    await dmClear(name, kernel);
    faultPoint('dm-swap cleared');
    await dmResume(name, kernel);
  },
};
