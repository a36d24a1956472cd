// Control groups (v2). A guest or a helper lives in one, and ends with it: cgroup.kill reaches every fork.

import { isPopulated } from '../formats/cgroup-events.ts';
import { faultPoint } from '../kernel/fault.ts';
import { retryBusy, waitFor } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';
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
  present: ({ path }, _prior, kernel) => kernel.exists(path),
  capture: nothingToCapture,
  act: async ({ path }, _prior, _stop, kernel) => {
    await kernel.makeFolder(path);
    return '';
  },
  undo: async ({ path }, _prior, patienceMs, kernel) => {
    await endProcesses(path, patienceMs, kernel);
    faultPoint('cgroup emptied');
    await retryBusy(patienceMs, () => kernel.removeFolder(path));
  },
};

/** Kills everything in a cgroup and below, frozen or not. */
export async function killProcesses(path: string, kernel: Kernel): Promise<void> {
  if (await kernel.exists(path)) await kernel.write(`${path}/cgroup.kill`, '1');
}

/** The same, and waits until the kernel says that it is empty. */
export async function endProcesses(path: string, patienceMs: number, kernel: Kernel): Promise<void> {
  if (!(await kernel.exists(path))) return;
  await killProcesses(path, kernel);
  await waitFor(`the end of all processes in ${path}`, patienceMs, async () =>
    isPopulated(await kernel.read(`${path}/cgroup.events`)) ? undefined : true,
  );
}
