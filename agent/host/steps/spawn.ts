// A process in a cgroup. Ended by the cgroup, never by name or number; the kernel ends it too if the agent dies.

import { isPopulated } from '../formats/cgroup-events.ts';
import { endProcesses, killProcesses } from './cgroup.ts';
import { word, words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface SpawnStep extends StepBase {
  readonly kind: 'spawn';
  readonly name: string;
  readonly argv: readonly string[];
  /** Every process that it starts lives and dies in this cgroup. */
  readonly cgroup: string;
  /** Left alive when the agent dies: I/O of others is in its hands, and ends only with it. */
  readonly survives?: true;
}

export const spawnStep: StepKind<SpawnStep> = {
  kind: 'spawn',
  text: ({ argv, cgroup }) => ({
    act: `${words(argv)} &  # in ${cgroup}`,
    undo: `echo 1 > ${word(`${cgroup}/cgroup.kill`)}`,
  }),
  shared: true,
  present: async ({ cgroup }, _prior, kernel) => isPopulated(await kernel.read(`${cgroup}/cgroup.events`)),
  capture: nothingToCapture,
  act: () => Promise.resolve(''),
  undo: ({ cgroup }, _prior, patienceMs, kernel) => endProcesses(cgroup, patienceMs, kernel),
  release: async (step, kernel) => {
    if (!step.survives) return killProcesses(step.cgroup, kernel);
    // I/O that a dead daemon had taken waits for ever: a new one takes it over (vduse-blk keeps a log of it) and completes it.
    if (!isPopulated(await kernel.read(`${step.cgroup}/cgroup.events`))) void kernel.start(step).exited;
  },
};
