// A loop device with direct I/O on a block device.

import { closeSync, statSync } from 'node:fs';
import { errnoOf } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { exists, readText } from '../kernel/files.ts';
import { ioctl, openControl } from '../kernel/ioctl.ts';
import { runCommand } from '../kernel/run-command.ts';
import { retryBusy } from '../kernel/wait.ts';
import { words } from '../../lib/shell-words.ts';
import type { StepBase, StepKind } from './verb.ts';

const loopControlRemove = 0x4c81; // LOOP_CTL_REMOVE, include/uapi/linux/loop.h

export interface LoopStep extends StepBase {
  readonly kind: 'loop';
  readonly index: number;
  readonly path: string;
}

export const loopStep: StepKind<LoopStep> = {
  kind: 'loop',
  text: ({ index, path }, prior) => ({
    act: words(['losetup', '--direct-io=on', `/dev/loop${index}`, path]),
    undo: `losetup -d /dev/loop${index}${prior === 'added' ? `; layerlift recover  # removes the empty /dev/loop${index}` : ''}`,
  }),
  // A number is anybody's again once it is free: what stands on something else is theirs, also where we have made the node.
  present: async (step, prior) => {
    const user = await userOf(step);
    return user === 'nobody' ? prior === 'added' && (await exists(`/sys/block/loop${step.index}`)) : user === 'us';
  },
  capture: async ({ index }) => ((await exists(`/sys/block/loop${index}`)) ? 'found' : 'added'),
  act: async ({ index, path }) => {
    await runCommand(['losetup', '--direct-io=on', `/dev/loop${index}`, path]);
    return '';
  },
  undo: async (step, prior, patienceMs) => {
    const { index } = step;
    if ((await userOf(step)) === 'us') await runCommand(['losetup', '-d', `/dev/loop${index}`]);
    if (prior !== 'added') return;
    faultPoint('loop detached');
    const control = openControl('/dev/loop-control');
    try {
      await retryBusy(patienceMs, async () => {
        // Somebody else was faster to take the number: the kernel says EBUSY for as long as they have it.
        if ((await userOf(step)) === 'others') return;
        await ioctl(control, loopControlRemove, index).catch(passGone);
      });
    } finally {
      closeSync(control);
    }
  },
};

/** Whose device it is, by what it stands on. The kernel tells that by a name, which may be another one of the same disk. */
async function userOf({ index, path }: LoopStep): Promise<'nobody' | 'us' | 'others'> {
  const backing = (await readText(`/sys/block/loop${index}/loop/backing_file`))?.trim();
  if (backing === undefined) return 'nobody';
  if (backing === path) return 'us';
  const [theirs, ours] = [numberOf(backing), numberOf(path)];
  return theirs !== undefined && theirs === ours ? 'us' : 'others';
}

/** Of a block device; undefined for all else. */
function numberOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isBlockDevice() ? found.rdev : undefined;
}

function passGone(failure: unknown): void {
  if (errnoOf(failure) !== 'ENODEV') throw failure;
}
