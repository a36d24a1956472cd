// Control groups (v2). A guest or a helper lives in one, and ends with it: cgroup.kill reaches every fork.

import { rmdir } from 'node:fs/promises';
import { isPopulated } from '../formats/cgroup-events.ts';
import { faultPoint } from '../kernel/fault.ts';
import { exists, makeFolder, readText, writeAttribute } from '../kernel/files.ts';
import { retryBusy, waitFor } from '../kernel/wait.ts';
import { word, words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface CgroupStep extends StepBase {
  readonly kind: 'cgroup';
  readonly path: string;
}

export const cgroupStep: StepKind<CgroupStep> = {
  kind: 'cgroup',
  text: ({ path }) => ({
    act: words(['mkdir', path]),
    undo: `echo 1 > ${word(`${path}/cgroup.kill`)}; rmdir ${word(path)}`,
  }),
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path }) => {
    await makeFolder(path);
    return '';
  },
  undo: async ({ path }, _prior, patienceMs) => {
    await endProcesses(path, patienceMs);
    faultPoint('cgroup emptied');
    await retryBusy(patienceMs, () => rmdir(path));
  },
};

/** Kills everything in a cgroup and below, frozen or not. */
export async function killProcesses(path: string): Promise<void> {
  if (await exists(path)) await writeAttribute(`${path}/cgroup.kill`, '1');
}

/** The same, and waits until the kernel says that it is empty. */
export async function endProcesses(path: string, patienceMs: number): Promise<void> {
  if (!(await exists(path))) return;
  await killProcesses(path);
  await waitFor(`the end of all processes in ${path}`, patienceMs, async () =>
    isPopulated(await readText(`${path}/cgroup.events`)) ? undefined : true,
  );
}
