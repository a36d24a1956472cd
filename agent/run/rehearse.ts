// A run gone through on a host that only takes notes, by the run's own stages and switches: what `plan` shows.

import { dryHost } from '../host/dry.ts';
import type { Step } from '../host/step.ts';
import { baselineId, parseArm } from '../lib/arm.ts';
import type { LoadPlan } from '../load/drive.ts';
import type { Plan } from '../plan/plan.ts';
import { raiseDelays } from '../stack/delays.ts';
import { switchTo } from '../stack/junction.ts';
import { namesOn } from '../stack/names.ts';
import type { StackPlan } from '../stack/raise.ts';
import { enterHost, raiseCounted, startGuests } from '../experiment/stages.ts';

/** There is no run yet: its objects carry this in place of a run's id. */
export const sampleRun = 'abcdef';
/** Nor is the delay of its cap probe known yet. */
const sampleDelayNs = 50e6;

export interface RehearsedPhase {
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Rehearsal {
  readonly plan: Plan;
  readonly stack: StackPlan;
  readonly sections: LoadPlan['sections'];
  readonly own?: LoadPlan['own'];
  /** The arms of the first block: each is switched to once. */
  readonly block: readonly string[];
}

/** Reads the real host, changes nothing. */
export async function rehearse({ plan, stack, sections, own, block }: Rehearsal): Promise<readonly RehearsedPhase[]> {
  const host = dryHost();
  const phases: RehearsedPhase[] = [];
  const close = (title: string): void => {
    phases.push({ title, steps: host.steps.slice(phases.reduce((sum, phase) => sum + phase.steps.length, 0)) });
  };
  const names = await namesOn(host, sampleRun, 'RANDOM');
  const start = parseArm(baselineId, plan.design.layers) ?? { id: baselineId, stubbed: [] };
  await enterHost(host, names);
  const raised = await raiseCounted(host, names, { stack, start, onlyStart: false });
  close('raise the stack');
  const load = { guests: plan.profile.guests, sections, ...(own ? { own } : {}), seed: plan.seed, runtimeS: 0 };
  await startGuests(host, names, { load, stack: raised, folder: '<run folder>/fio' });
  close('start the guests');
  for (const id of [...new Set(block)].filter((arm) => arm !== baselineId)) {
    const arm = parseArm(id, plan.design.layers);
    if (!arm) continue;
    await switchTo(host, raised, arm);
    close(`switch from baseline to ${id}`);
    // Back, without listing it again: it is the same swaps with the other table.
    const before = host.steps.length;
    await switchTo(host, raised, start);
    host.forget(before);
  }
  if (plan.aims.caps && !plan.cold && plan.profile.stack.some(({ layer }) => layer === 'media')) {
    await raiseDelays(host, names, { plan: stack, stack: raised, delayNs: sampleDelayNs, number: 1 });
    close('look for caps (the delay is chosen by what was measured, the guests start anew at each depth)');
  }
  return phases;
}
