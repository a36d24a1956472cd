// A message to a target of a device of ours, such as `create_thin 1` to a pool.

import { dmTargetMessage } from '../dm/dm.ts';
import { words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

/** What it brings about is in the device or in its metadata, which are the run's: it goes with them. */
export interface DmMessageStep extends StepBase {
  readonly kind: 'dm-message';
  readonly name: string;
  readonly message: string;
}

export const dmMessageStep: StepKind<DmMessageStep> = {
  kind: 'dm-message',
  text: ({ name, message }) => ({ act: words(['dmsetup', 'message', name, '0', message]), undo: null }),
  settles: true,
  shared: true,
  present: () => Promise.resolve(false),
  capture: nothingToCapture,
  act: async ({ name, message }, _prior, _stop, kernel) => {
    await dmTargetMessage(name, message, kernel);
    return '';
  },
  undo: () => Promise.resolve(),
};
