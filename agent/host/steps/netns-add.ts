// A network namespace with a name, as `ip netns add` makes it: a file below /run/netns on which the namespace is mounted
// (iproute2, ip/ipnetns.c). The first one on a host also makes that folder a mount of its own: that goes with the last.

import { parseMountinfo } from '../formats/mountinfo.ts';
import type { Kernel } from '../port.ts';
import { retryBusy } from '../kernel/wait.ts';
import { words } from '../../lib/shell-words.ts';
import { isEmptyFolder, type StepBase, type StepKind } from './verb.ts';

const folder = '/run/netns';

export interface NetnsStep extends StepBase {
  readonly kind: 'netns';
  readonly name: string;
}

/** The state of the folder before: all of it there, no mount, or nothing. */
type Before = 'mount' | 'folder' | 'nothing';

export const netnsStep: StepKind<NetnsStep> = {
  kind: 'netns',
  text: ({ name }) => ({ act: words(['ip', 'netns', 'add', name]), undo: words(['ip', 'netns', 'del', name]) }),
  present: async ({ name }, prior, kernel) =>
    (await kernel.exists(`${folder}/${name}`)) || (await isFolderLeft(prior, kernel)),
  capture: async (_step, kernel): Promise<Before> => {
    if (await isMount(kernel)) return 'mount';
    return (await kernel.exists(folder)) ? 'folder' : 'nothing';
  },
  act: async ({ name }, _prior, _stop, kernel) => {
    await kernel.run(['ip', 'netns', 'add', name]);
    return '';
  },
  // As `ip netns del`, without a program.
  undo: async ({ name }, prior, patienceMs, kernel) => {
    const path = `${folder}/${name}`;
    if (await kernel.exists(path)) {
      // Cut off in the middle, `ip` has made the file alone.
      await kernel.unmount(path, true).catch(() => undefined);
      await retryBusy(patienceMs, () => kernel.unlink(path));
    }
    if (!(await isFolderLeft(prior, kernel))) return;
    // `ip` may have been cut off before it mounted, an undo after it had unmounted.
    if (await isMount(kernel)) await kernel.unmount(folder, false);
    if (prior === 'nothing') await kernel.removeFolder(folder);
  },
};

/** Made by this step, or made a mount by it, and nothing is in it: a namespace that somebody else has made meanwhile keeps it. */
async function isFolderLeft(prior: string | undefined, kernel: Kernel): Promise<boolean> {
  if (prior === undefined || prior === 'mount') return false;
  return (prior === 'nothing' || (await isMount(kernel))) && isEmptyFolder(folder, kernel);
}

async function isMount({ read }: Pick<Kernel, 'read'>): Promise<boolean> {
  return parseMountinfo((await read('/proc/self/mountinfo')) ?? '').some(({ point }) => point === folder);
}
