// A loop device with direct I/O on a block device.

import { closeSync } from 'node:fs';
import { exists, readText } from '../files.ts';
import { ioctl, openControl } from '../ioctl.ts';
import { runCommand } from '../run-command.ts';
import { retryBusy } from '../wait.ts';
import type { Verb } from './verb.ts';

const loopControlRemove = 0x4c81; // LOOP_CTL_REMOVE, include/uapi/linux/loop.h

export const loopVerb: Verb<'loop'> = {
  present: async ({ index, path }, prior) =>
    (await backingFile(index)) === path || (prior === 'added' && (await exists(`/sys/block/loop${index}`))),
  capture: async ({ index }) => ((await exists(`/sys/block/loop${index}`)) ? 'found' : 'added'),
  act: async ({ index, path }) => {
    await runCommand(['losetup', '--direct-io=on', `/dev/loop${index}`, path]);
    return '';
  },
  undo: async ({ index, path }, prior, patienceMs) => {
    if ((await backingFile(index)) === path) await runCommand(['losetup', '-d', `/dev/loop${index}`]);
    if (prior !== 'added') return;
    const control = openControl('/dev/loop-control');
    try {
      await retryBusy(patienceMs, async () => {
        await ioctl(control, loopControlRemove, index);
      });
    } finally {
      closeSync(control);
    }
  },
};

async function backingFile(index: number): Promise<string | undefined> {
  return (await readText(`/sys/block/loop${index}/loop/backing_file`))?.trim();
}
