// Taking a device for a run: an exclusive open first, then device-mapper's own claim, which lasts as long as the guard
// device stands. Both exclude each other, so there is a moment between them: everything is looked at again after it.

import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, NeedError, type Problem, reasonOf } from '../../lib/errors.ts';
import { type DmDevice, dmCreate } from '../dm/dm.ts';
import type { Kernel } from '../port.ts';
import type { Opened } from '../kernel/nodes.ts';
import { type Claim, claimOpen, findProblems, type Watch } from './device-guard.ts';

/** Once the claim is held, I/O of others could come only from where no look-up sees it. */
const idleAfterMs = 1_000;
const attempts = 3;
const retryMs = 1_000;

/**
 * Creates a device that stands on `claim`. Throws NeedError naming every user; the device may stand then,
 * and is undone like any step that failed half-way.
 */
export async function createClaimed(device: DmDevice, claim: Claim, kernel: Kernel): Promise<string> {
  await lookWhileOpen(claim, kernel);
  const node = await dmCreate(device, kernel);
  await refuse(claim, { idleMs: idleAfterMs, claimed: { by: basename(node) } }, kernel);
  return node;
}

async function lookWhileOpen(claim: Claim, kernel: Kernel): Promise<void> {
  let opened: Opened;
  try {
    opened = claimOpen(claim, kernel);
  } catch (failure) {
    if (failure instanceof NeedError) throw failure;
    // Another program was faster. The error names it.
    await refuse(claim, { idleMs: 0, claimed: 'by nobody' }, kernel);
    const reason = errnoOf(failure) ?? reasonOf(failure);
    throw new NeedError([{ message: `cannot open ${claim.path} exclusively: ${reason}` }]);
  }
  try {
    await refuse(claim, { idleMs: 0, claimed: 'by our file' }, kernel);
  } finally {
    opened.close();
  }
}

/** A program that only looks at a new device, as udev does, is gone after a moment. A program that uses it is not. */
async function refuse(claim: Claim, watch: Watch, kernel: Kernel): Promise<void> {
  let problems: readonly Problem[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await delay(retryMs);
    problems = await findProblems(claim, watch, kernel);
    if (problems.length === 0) return;
  }
  throw new NeedError(problems);
}
