// blkback's kernel threads, one a ring, named DOMAIN.DISK-RING (drivers/block/xen-blkback/xenbus.c). A kernel thread that is
// bound to no CPU may be moved; the I/O that it submits is charged to the cgroup that it is in.

import type { Kernel } from '../port.ts';
import { errnoOf } from '../../lib/errors.ts';
import { quote, word } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const root = '/sys/fs/cgroup';

/** The kernel threads that serve a guest's ring, in the cgroup of the guest, so that their work is charged to it. */
export interface RingThreadsStep extends StepBase {
  readonly kind: 'ring-threads';
  /** The start of their names, such as `3.xvda-`. */
  readonly prefix: string;
  readonly cgroup: string;
}

export const ringThreadsStep: StepKind<RingThreadsStep> = {
  kind: 'ring-threads',
  text: ({ prefix, cgroup }) => ({
    act: `pgrep ${quote(`^${prefix}`)} | while read -r p; do echo $p > ${word(`${cgroup}/cgroup.procs`)}; done`,
    undo: `pgrep ${quote(`^${prefix}`)} | while read -r p; do echo $p > /sys/fs/cgroup/cgroup.procs; done`,
  }),
  present: async ({ prefix, cgroup }, _prior, kernel) =>
    (await namedThreads(await membersOf(cgroup, kernel), prefix, kernel)).length > 0,
  capture: nothingToCapture,
  /** Gives how many are there now. */
  act: async ({ prefix, cgroup }, _prior, _stop, kernel) => {
    const threads = await namedThreads(await kernel.list('/proc'), prefix, kernel);
    // A kernel may keep such threads where they are: a fact for the report, and no reason to end the run.
    await move(threads, cgroup, kernel).catch(() => undefined);
    return `${(await namedThreads(await membersOf(cgroup, kernel), prefix, kernel)).length}`;
  },
  undo: async ({ prefix, cgroup }, _prior, _patienceMs, kernel) =>
    move(await namedThreads(await membersOf(cgroup, kernel), prefix, kernel), root, kernel),
};

async function membersOf(cgroup: string, kernel: Kernel): Promise<readonly string[]> {
  return ((await kernel.read(`${cgroup}/cgroup.procs`)) ?? '').split('\n');
}

async function namedThreads(candidates: readonly string[], prefix: string, kernel: Kernel): Promise<readonly string[]> {
  const found = await Promise.all(
    candidates
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (pid) => {
        const name = await kernel.read(`/proc/${pid}/comm`).catch(() => undefined);
        // Only a kernel thread has no program. A process that only has such a name is left alone.
        const isKernels =
          name?.startsWith(prefix) && (await kernel.read(`/proc/${pid}/cmdline`).catch(() => '?')) === '';
        return isKernels ? [pid] : [];
      }),
  );
  return found.flat();
}

async function move(threads: readonly string[], cgroup: string, kernel: Kernel): Promise<void> {
  for (const thread of threads) {
    await kernel.write(`${cgroup}/cgroup.procs`, thread).catch((failure: unknown) => {
      // It has ended meanwhile.
      if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'ESRCH') throw failure;
    });
  }
}
