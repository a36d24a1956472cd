// A VDUSE device that a daemon made. A killed daemon leaves it behind, so it is destroyed by its name.

import { closeSync } from 'node:fs';
import { exists } from '../kernel/files.ts';
import { ioctl, openControl } from '../kernel/ioctl.ts';
import { retryBusy } from '../kernel/wait.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const nameBytes = 256;
const destroyDevice = 2 ** 30 + nameBytes * 2 ** 16 + 0x81 * 2 ** 8 + 3; // VDUSE_DESTROY_DEV, include/uapi/linux/vduse.h

/** A VDUSE device: its daemon makes it, but it outlives a daemon that is killed (drivers/vdpa/vdpa_user). */
export interface VduseStep extends StepBase {
  readonly kind: 'vduse';
  readonly name: string;
}

export const vduseStep: StepKind<VduseStep> = {
  kind: 'vduse',
  // No program makes the ioctl (VDUSE_DESTROY_DEV) that ends it.
  text: ({ name }) => ({
    act: `# ${name} will appear in /dev/vduse`,
    undo: `layerlift recover  # once nothing holds /dev/vduse/${name} (fuser -v)`,
  }),
  present: ({ name }) => exists(`/dev/vduse/${name}`),
  capture: nothingToCapture,
  // The daemon that is started next makes it.
  act: () => Promise.resolve(''),
  undo: async ({ name }, _prior, patienceMs) => {
    const buffer = Buffer.alloc(nameBytes);
    buffer.write(name);
    const control = openControl('/dev/vduse/control');
    try {
      await retryBusy(patienceMs, async () => {
        await ioctl(control, destroyDevice, buffer);
      });
    } finally {
      closeSync(control);
    }
  },
};
