// A loop device on a block device.

import { errnoOf } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { retryBusy } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';
import { words } from '../../lib/shell-words.ts';
import type { StepBase, StepKind } from './verb.ts';

const loopControlRemove = 0x4c81; // LOOP_CTL_REMOVE, include/uapi/linux/loop.h

export interface LoopStep extends StepBase {
  readonly kind: 'loop';
  readonly index: number;
  readonly path: string;
  /** Through the page cache of what it stands on. */
  readonly buffered?: true;
}

export const loopStep: StepKind<LoopStep> = {
  kind: 'loop',
  text: (step, prior) => ({
    act: words(command(step)),
    undo: `losetup -d /dev/loop${step.index}${prior === 'added' ? `; layerlift recover  # removes the empty /dev/loop${step.index}` : ''}`,
  }),
  // A number is anybody's again once it is free: what stands on something else is theirs, also where we have made the node.
  present: async (step, prior, kernel) => {
    const user = await userOf(step, kernel);
    return user === 'nobody'
      ? prior === 'added' && (await kernel.exists(`/sys/block/loop${step.index}`))
      : user === 'us';
  },
  capture: async ({ index }, kernel) => ((await kernel.exists(`/sys/block/loop${index}`)) ? 'found' : 'added'),
  act: async (step, _prior, _stop, kernel) => {
    await kernel.run(command(step));
    return '';
  },
  undo: async (step, prior, patienceMs, kernel) => {
    const { index } = step;
    if ((await userOf(step, kernel)) === 'us') await kernel.run(['losetup', '-d', `/dev/loop${index}`]);
    if (prior !== 'added') return;
    faultPoint('loop detached');
    await retryBusy(patienceMs, async () => {
      // Somebody else was faster to take the number: the kernel says EBUSY for as long as they have it.
      if ((await userOf(step, kernel)) === 'others') return;
      await kernel.control('/dev/loop-control', loopControlRemove, index).catch(passGone);
    });
  },
};

function command({ index, path, buffered }: LoopStep): readonly string[] {
  return ['losetup', `--direct-io=${buffered ? 'off' : 'on'}`, `/dev/loop${index}`, path];
}

/** Whose device it is, by what it stands on. The kernel tells that by a name, which may be another one of the same disk. */
async function userOf({ index, path }: LoopStep, kernel: Kernel): Promise<'nobody' | 'us' | 'others'> {
  const backing = (await kernel.read(`/sys/block/loop${index}/loop/backing_file`))?.trim();
  if (backing === undefined) return 'nobody';
  if (backing === path) return 'us';
  const [theirs, ours] = [kernel.blockNumber(backing), kernel.blockNumber(path)];
  return theirs !== undefined && theirs === ours ? 'us' : 'others';
}

function passGone(failure: unknown): void {
  if (errnoOf(failure) !== 'ENODEV') throw failure;
}
