// A module that udev loads by itself when the first device of a kind appears, and that nobody would unload.

import type { Kernel } from '../port.ts';
import { isUsedOrGone, loadedModules } from './module.ts';
import { letUdevWorkOff, udevdListens } from './udev-rules.ts';
import type { StepBase, StepKind } from './verb.ts';

/** To be applied before the devices are made. Where no udevd runs, or the module is there already, nothing is done. */
export interface UdevModuleStep extends StepBase {
  readonly kind: 'udev-module';
  readonly name: string;
  /** What the module makes, a folder of sysfs: as long as it has an entry, a device of somebody else uses the module. */
  readonly makes: string;
}

export const udevModuleStep: StepKind<UdevModuleStep> = {
  kind: 'udev-module',
  text: ({ name, makes }) => ({
    act: `lsmod | grep '^${name} '  # udev loads it by itself`,
    undo: `rmmod ${name}  # where ${makes} is empty`,
  }),
  shared: true,
  mayStay: true,
  present: async ({ name, makes }, prior, kernel) =>
    prior !== undefined && (await isLoaded(name, kernel)) && !(await hasDevices(makes, kernel)),
  capture: async ({ name }, kernel) =>
    !(await udevdListens(kernel)) || (await isLoaded(name, kernel)) ? undefined : 'absent',
  act: () => Promise.resolve(''),
  undo: async ({ name, makes }, _prior, _patienceMs, kernel) => {
    // The event of a device that is gone may be about to load it.
    await letUdevWorkOff(kernel);
    if (await hasDevices(makes, kernel)) return;
    await kernel.unload(name).catch((failure: unknown) => {
      if (!isUsedOrGone(failure)) throw failure;
    });
  },
};

async function isLoaded(name: string, kernel: Kernel): Promise<boolean> {
  return (await loadedModules(kernel)).has(name);
}

async function hasDevices(folder: string, kernel: Kernel): Promise<boolean> {
  return (await kernel.list(folder)).length > 0;
}
