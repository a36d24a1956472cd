// A folder of configfs, sysfs or cgroupfs.

import { retryBusy } from '../kernel/wait.ts';
import { words } from '../../lib/shell-words.ts';
import { inNetns } from './netns.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface MkdirStep extends StepBase {
  readonly kind: 'mkdir';
  readonly path: string;
  /** Make it inside this network namespace: LIO opens the socket of a portal in the namespace of the caller. */
  readonly netns?: string;
}

export const mkdirStep: StepKind<MkdirStep> = {
  kind: 'mkdir',
  text: ({ path, netns }) => ({ act: words([...inNetns(netns), 'mkdir', path]), undo: words(['rmdir', path]) }),
  present: ({ path }, _prior, kernel) => kernel.exists(path),
  capture: nothingToCapture,
  act: async ({ path, netns }, _prior, _stop, kernel) => {
    if (netns === undefined) await kernel.makeFolder(path);
    else await kernel.run([...inNetns(netns), 'mkdir', path]);
    return '';
  },
  undo: ({ path }, _prior, patienceMs, kernel) => retryBusy(patienceMs, () => kernel.removeFolder(path)),
};
