// A folder of configfs, sysfs or cgroupfs.

import { rmdir } from 'node:fs/promises';
import { exists, makeFolder } from '../kernel/files.ts';
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
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path }) => {
    await makeFolder(path);
    return '';
  },
  undo: ({ path }, _prior, patienceMs) => retryBusy(patienceMs, () => rmdir(path)),
};
