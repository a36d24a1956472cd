// Rules that keep udev, and the programs that listen to it, away from the devices of a run.

import { dirname } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { isAbsent } from '../kernel/files.ts';
import type { Kernel } from '../port.ts';
import { word } from '../../lib/shell-words.ts';
import { isEmptyFolder, type StepBase, type StepKind } from './verb.ts';

/** A file of rules by which udev and those who listen to it leave devices of the run alone; only where udevd runs. */
export interface UdevRulesStep extends StepBase {
  readonly kind: 'udev-rules';
  readonly path: string;
  readonly rules: string;
}

/** Where udevd listens: it is there exactly while udevd runs (src/udev/udev-ctrl.c). */
const control = '/run/udev/control';
/** How long the events of devices that are gone may take to be worked off, which still want these rules. */
const settleS = 2;

export const udevRulesStep: StepKind<UdevRulesStep> = {
  kind: 'udev-rules',
  text: ({ path }) => ({
    act: `# rules in ${word(path)} that keep udev away from the devices of this run; udevadm control --reload`,
    undo: `rm ${word(path)}; udevadm control --reload`,
  }),
  // Cut off in the middle, it is there under the name that udevd does not read, or the folder alone is.
  present: async ({ path }, prior, kernel) =>
    (await kernel.exists(path)) ||
    (await kernel.exists(unfinished(path))) ||
    (prior === 'folder' && (await isEmptyFolder(dirname(path), kernel))),
  /** Whether the folder is made for it; nothing is done where no udevd runs. */
  capture: async ({ path }, kernel) => {
    if (!(await udevdListens(kernel))) return undefined;
    return (await kernel.exists(dirname(path))) ? '' : 'folder';
  },
  act: async ({ path, rules }, _prior, _stop, kernel) => {
    await kernel.makeFolders(dirname(path));
    faultPoint('udev-rules folder made');
    const fresh = unfinished(path);
    await kernel.keep(fresh, rules, 0o644);
    faultPoint('udev-rules written');
    await kernel.rename(fresh, path);
    faultPoint('udev-rules in place');
    await kernel.run(['udevadm', 'control', '--reload']);
    return '';
  },
  undo: async ({ path }, prior, _patienceMs, kernel) => {
    const isRunning = await letUdevWorkOff(kernel);
    await remove(kernel.unlink, unfinished(path));
    await remove(kernel.unlink, path);
    faultPoint('udev-rules removed');
    if (prior === 'folder') await remove(kernel.removeFolder, dirname(path));
    if (isRunning) await kernel.run(['udevadm', 'control', '--reload']);
  },
};

/** Whether udevd runs. */
export function udevdListens(kernel: Pick<Kernel, 'exists'>): Promise<boolean> {
  return kernel.exists(control);
}

/** Waits until the events of devices are worked off, where udevd runs; gives whether it does. */
export async function letUdevWorkOff(kernel: Pick<Kernel, 'exists' | 'run'>): Promise<boolean> {
  const isRunning = await udevdListens(kernel);
  // It fails when others have events without end.
  if (isRunning) await kernel.run(['udevadm', 'settle', `--timeout=${settleS}`]).catch(() => undefined);
  return isRunning;
}

/** udevd reads every file that ends in .rules, and may do it at any moment. */
const unfinished = (path: string): string => `${path}.new`;

/** A folder stays if others have come to use it. */
async function remove(how: (path: string) => Promise<void>, path: string): Promise<void> {
  try {
    await how(path);
  } catch (failure) {
    if (!isAbsent(failure) && errnoOf(failure) !== 'ENOTEMPTY') throw failure;
  }
}
