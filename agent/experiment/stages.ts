// The stages in which a run changes the host before it measures. `plan` goes through the same ones on a host that only takes notes.

import type { Host } from '../host/host.ts';
import type { Arm } from '../lib/layer.ts';
import { type Load, type LoadPlan, raiseRootCgroup, startLoad } from '../load/drive.ts';
import { startCounting } from '../measure/junctions.ts';
import { keepOthersAway } from '../stack/keep-away.ts';
import type { Names } from '../stack/names.ts';
import { raiseStack, type Stack, type StackPlan } from '../stack/raise.ts';

/** Before anything of the stack is there: who would act on its devices is told to leave them, and the load has a place. */
export async function enterHost(host: Host, names: Names): Promise<void> {
  await keepOthersAway(host, names);
  await raiseRootCgroup(host, names);
}

/** The stack with its junctions, which count from here on. `onlyStart`: none of the other forms is raised. */
export async function raiseCounted(
  host: Host,
  names: Names,
  form: { readonly stack: StackPlan; readonly start: Arm; readonly onlyStart: boolean },
): Promise<Stack> {
  const stack = await raiseStack(host, names, form.stack, form);
  await startCounting(host, stack.junctions);
  return stack;
}

/** `folder`: where the job files go. */
export function startGuests(
  host: Host,
  names: Names,
  on: { readonly load: LoadPlan; readonly stack: Stack; readonly folder: string },
): Promise<Load> {
  return startLoad(host, names, on.load, { lanes: on.stack.lanes, folder: on.folder });
}
