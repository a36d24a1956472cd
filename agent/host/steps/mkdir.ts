// A folder of configfs, sysfs or cgroupfs.

import { retryBusy } from '../kernel/wait.ts';
import { words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface MkdirStep extends StepBase {
  readonly kind: 'mkdir';
  readonly path: string;
}

export const mkdirStep: StepKind<MkdirStep> = {
  kind: 'mkdir',
  text: ({ path }) => ({ act: words(['mkdir', path]), undo: words(['rmdir', path]) }),
  present: ({ path }, _prior, kernel) => kernel.exists(path),
  capture: nothingToCapture,
  act: async ({ path }, _prior, _stop, kernel) => {
    await kernel.makeFolder(path);
    return '';
  },
  undo: ({ path }, _prior, patienceMs, kernel) => retryBusy(patienceMs, () => kernel.removeFolder(path)),
};
