// Everything that can be refused before anything is touched: needs of the host, and devices that are in use.

import { readBlockDevice } from '../host/block-device.ts';
import { findHolders } from '../host/device-guard.ts';
import { checkNeeds } from '../host/needs.ts';
import { NeedError, PrivilegeError, type Problem } from '../lib/errors.ts';
import { needsOf } from '../plan/stack-plan.ts';
import type { Profile } from '../profile/profile.ts';
import { realDeviceOf } from './survey.ts';

/** Throws PrivilegeError or NeedError with every unmet need at once. */
export async function preflight(profile: Profile): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new PrivilegeError(
      'measuring changes the host: root is needed',
      'run as root; `plan` and `report` need no root',
    );
  const states = await checkNeeds(needsOf(profile));
  const problems = [...states.flatMap(({ problem }) => problem ?? []), ...(await deviceProblems(profile))];
  if (problems.length > 0) throw new NeedError(problems);
}

/** What keeps the real device of a profile from being used, if it has one. */
export async function deviceProblems(profile: Profile): Promise<readonly Problem[]> {
  const path = realDeviceOf(profile);
  if (path === undefined) return [];
  try {
    return await findHolders(await readBlockDevice(path));
  } catch (failure) {
    if (failure instanceof NeedError) return failure.problems;
    throw failure;
  }
}
