// Controllers of a cgroup: switched on for its children where they were off, and off again.

import { errnoOf } from '../../lib/errors.ts';
import { retryBusy } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';
import { isSetByOthers } from './controller-users.ts';
import { word } from '../../lib/shell-words.ts';
import { parsePrior, type StepBase, type StepKind } from './verb.ts';

export interface ControllersStep extends StepBase {
  readonly kind: 'controllers';
  /** The cgroup whose children get these controllers. */
  readonly path: string;
  readonly enable: readonly string[];
}

export const controllersStep: StepKind<ControllersStep> = {
  kind: 'controllers',
  text: ({ path, enable }, prior) => {
    const turn = (sign: string, names: readonly string[]): string =>
      `echo ${word(names.map((name) => `${sign}${name}`).join(' '))} > ${word(`${path}/cgroup.subtree_control`)}`;
    return {
      act: turn('+', enable),
      undo: prior ? turn('-', parsePrior(prior)) : `${turn('-', enable)}  # only those that were off`,
    };
  },
  shared: true,
  mayStay: true,
  present: async ({ path }, prior, kernel) => (await stillOn(kernel, path, prior)).length > 0,
  capture: async ({ path, enable }, kernel) => {
    const on = await enabledIn(kernel, path);
    const off = enable.filter((name) => !on.includes(name));
    return off.length > 0 ? off.join(' ') : undefined;
  },
  act: async ({ path }, prior, _stop, kernel) => {
    const wanted = parsePrior(prior).map((name) => `+${name}`);
    await kernel.write(`${path}/cgroup.subtree_control`, wanted.join(' '));
    return '';
  },
  undo: async ({ path }, prior, patienceMs, kernel) => {
    const on = await stillOn(kernel, path, prior);
    for (const name of on) {
      // Below our own cgroup there is nobody else.
      if (!path.startsWith('/sys/fs/cgroup/layerlift') && (await isSetByOthers(kernel, path, name))) continue;
      await retryBusy(patienceMs / on.length, () => kernel.write(`${path}/cgroup.subtree_control`, `-${name}`)).catch(
        passBusy,
      );
    }
  },
};

async function stillOn(kernel: Kernel, path: string, prior: string | undefined): Promise<readonly string[]> {
  const on = await enabledIn(kernel, path);
  return parsePrior(prior).filter((name) => on.includes(name));
}

/** EBUSY: a group of somebody else has begun to use the controller. */
function passBusy(failure: unknown): void {
  if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'EBUSY') throw failure;
}

async function enabledIn(kernel: Kernel, path: string): Promise<readonly string[]> {
  return ((await kernel.read(`${path}/cgroup.subtree_control`)) ?? '').split(/\s+/).filter((name) => name !== '');
}
