// Devices that a step brings about: found by what this run made, never by a guessed number. How to look is the provider's to say.

import type { Sought } from './host.ts';
import { waitFor } from './kernel/wait.ts';
import { type Kernel, kernelHere } from './port.ts';

const defaultDeadlineMs = 10_000;

/** Gives the node of the device. Throws HostError after the deadline, naming what did not appear. */
export async function findDevice(
  sought: Sought,
  deadlineMs = defaultDeadlineMs,
  kernel: Pick<Kernel, 'read' | 'list' | 'exists'> = kernelHere,
): Promise<string> {
  return waitFor(`the appearance of ${describeSought(sought)}`, deadlineMs, async () => {
    const node = 'path' in sought ? sought.path : await sought.look(kernel);
    return node !== undefined && (await kernel.exists(node)) ? node : undefined;
  });
}

export function describeSought(sought: Sought): string {
  return 'path' in sought ? sought.path : sought.what;
}

/** The symbol for it where nothing is made. */
export function symbolOf(sought: Sought): string {
  return 'path' in sought ? sought.path : `<${sought.what}>`;
}
