// Everything that can be refused before anything is touched: needs of the host, and devices that are in use.

import { unmetPrivilege } from '../host/facts/capabilities.ts';
import { findProblems, idleBeforeMs } from '../host/guard/device-guard.ts';
import { checkNeeds } from '../host/needs/needs.ts';
import { NeedError, PrivilegeError, type Problem } from '../lib/errors.ts';
import { needsOf } from '../plan/stack-plan.ts';
import type { StackPlan } from '../stack/raise.ts';

/** Throws PrivilegeError or NeedError with every unmet need at once. */
export async function preflight({ layers, guests, guestNeeds = [], claim }: StackPlan): Promise<void> {
  const unmet = await unmetPrivilege();
  if (unmet) throw new PrivilegeError(`measuring changes the host: ${unmet.message}`, hintOf(unmet));
  const states = await checkNeeds([...needsOf(layers, guests), ...guestNeeds]);
  const ofDevice = claim ? await findProblems(claim, { idleMs: idleBeforeMs, claimed: 'by nobody' }) : [];
  const problems = [...states.flatMap(({ problem }) => problem ?? []), ...ofDevice];
  if (problems.length > 0) throw new NeedError(problems);
}

function hintOf({ hint }: Problem): string {
  return `${hint ?? 'run as root'}; \`plan\` and \`report\` need no root`;
}
