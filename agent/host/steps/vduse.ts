// A VDUSE device that a daemon made. A killed daemon leaves it behind, so it is destroyed by its name.

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
  present: ({ name }, _prior, kernel) => kernel.exists(`/dev/vduse/${name}`),
  capture: nothingToCapture,
  // The daemon that is started next makes it.
  act: () => Promise.resolve(''),
  undo: async ({ name }, _prior, patienceMs, kernel) => {
    const buffer = Buffer.alloc(nameBytes);
    buffer.write(name);
    await retryBusy(patienceMs, () => kernel.control('/dev/vduse/control', destroyDevice, buffer));
  },
};
