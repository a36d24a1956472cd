// Control groups (v2). A guest or a helper lives in one, and ends with it: cgroup.kill reaches every fork.

import { rmdir } from 'node:fs/promises';
import { errnoOf } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { exists, makeFolder, readText, writeAttribute } from '../kernel/files.ts';
import { retryBusy, waitFor } from '../kernel/wait.ts';
import { nothingToCapture, type Verb } from './verb.ts';

export const cgroupVerb: Verb<'cgroup'> = {
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path }) => {
    await makeFolder(path);
    return '';
  },
  undo: async ({ path }, _prior, patienceMs) => {
    await endProcesses(path, patienceMs);
    faultPoint('cgroup emptied');
    await retryBusy(patienceMs, () => rmdir(path));
  },
};

export const controllersVerb: Verb<'controllers'> = {
  shared: true,
  mayStay: true,
  present: async ({ path }, prior) => (await stillOn(path, prior)).length > 0,
  capture: async ({ path, enable }) => {
    const on = namesIn(await readText(`${path}/cgroup.subtree_control`));
    const off = enable.filter((name) => !on.includes(name));
    return off.length > 0 ? off.join(' ') : undefined;
  },
  act: async ({ path }, prior) => {
    const wanted = namesIn(prior).map((name) => `+${name}`);
    await writeAttribute(`${path}/cgroup.subtree_control`, wanted.join(' '));
    return '';
  },
  undo: async ({ path }, prior, patienceMs) => {
    const on = await stillOn(path, prior);
    for (const name of on) {
      await retryBusy(patienceMs / on.length, () => writeAttribute(`${path}/cgroup.subtree_control`, `-${name}`)).catch(
        passBusy,
      );
    }
  },
};

/** Kills everything in a cgroup and below, frozen or not. */
export async function killProcesses(path: string): Promise<void> {
  if (await exists(path)) await writeAttribute(`${path}/cgroup.kill`, '1');
}

/** The same, and waits until the kernel says that it is empty. */
export async function endProcesses(path: string, patienceMs: number): Promise<void> {
  if (!(await exists(path))) return;
  await killProcesses(path);
  await waitFor(`the end of all processes in ${path}`, patienceMs, async () =>
    isPopulated(await readText(`${path}/cgroup.events`)) ? undefined : true,
  );
}

export function isPopulated(events: string | undefined): boolean {
  return /^populated 1$/m.test(events ?? '');
}

async function stillOn(path: string, prior: string | undefined): Promise<readonly string[]> {
  const on = namesIn(await readText(`${path}/cgroup.subtree_control`));
  return namesIn(prior).filter((name) => on.includes(name));
}

/** EBUSY: a group of somebody else has begun to use the controller. */
function passBusy(failure: unknown): void {
  if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'EBUSY') throw failure;
}

function namesIn(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((name) => name !== '');
}
