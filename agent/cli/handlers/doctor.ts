// `doctor [PROFILE]`: what this host offers and lacks, without touching it.

import { findProblems, idleBeforeMs } from '../../host/guard/device-guard.ts';
import { leftovers } from '../../host/journal/leftovers.ts';
import { checkNeeds, type Need, renderNeed } from '../../host/needs/needs.ts';
import { NeedError, PrivilegeError, renderProblem, type Problem } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { commonNeeds, configuredLayers, needsOf, needsOfGuests, xenRingOf } from '../../plan/stack-plan.ts';
import { loadProfile } from '../../profile/load.ts';
import type { StackLayer } from '../../stack/raise.ts';
import { providers } from '../../stack/registry.ts';
import { claimFor } from '../../run/destroy.ts';
import { readHostKind, type XenDemand } from './doctor-host.ts';

/** Without a profile, also says which providers this host can raise with their default settings. */
export async function doctor(options: {
  profile: string | undefined;
  print: (text: string) => void;
}): Promise<ExitName> {
  const profile = options.profile === undefined ? undefined : loadProfile(options.profile).profile;
  const layers = profile && configuredLayers(profile);
  const guests = profile?.guests.length ?? 0;
  const { machine, xen } = await readHostKind(layers && demandOf(layers, guests));
  const lines = [`this host is ${machine}`, ...xen.map(({ what, problem }) => lineOf(what, problem)), ''];
  const states = await checkNeeds(
    profile && layers ? [...needsOf(layers, guests), ...needsOfGuests(profile)] : commonNeeds,
  );
  for (const { need, problem } of states) lines.push(lineOf(renderNeed(need), problem));
  const [held, unseen] = heldRuns();
  if (unseen) lines.push(lineOf('no interrupted run', unseen));
  if (held.length > 0) {
    lines.push(
      lineOf('no interrupted run', {
        message: `run ${held.join(', ')} is running, or left changes behind`,
        hint: 'if none runs: layerlift recover',
      }),
    );
  }
  const ofDevice = layers ? await deviceProblems(layers) : [];
  for (const problem of ofDevice) lines.push(lineOf('its device', problem));
  if (!profile) lines.push('', 'providers:', ...(await providerLines()));
  const met = [...states, ...xen].every(({ problem }) => problem === undefined);
  const ready = met && ofDevice.length === 0 && held.length === 0 && !unseen;
  lines.push('', ready ? 'this host is ready' : 'this host is not ready: see the lines marked "no"');
  options.print(`${lines.join('\n')}\n`);
  return ready ? 'ok' : 'unavailable';
}

/** Runs that are going on or were interrupted, or why they cannot be seen. */
function heldRuns(): readonly [runs: readonly string[], unseen?: Problem] {
  try {
    return [leftovers()];
  } catch (failure) {
    const problem = failure instanceof PrivilegeError ? failure.problems[0] : undefined;
    if (!problem) throw failure;
    return [[], problem];
  }
}

function demandOf(layers: readonly StackLayer[], guests: number): XenDemand | null {
  const ring = xenRingOf(layers);
  return ring ? { guests, ring } : null;
}

/** Problems that keep the real device of a profile, if it has one, from being read. */
async function deviceProblems(layers: readonly StackLayer[]): Promise<readonly Problem[]> {
  try {
    const claim = await claimFor(layers, { at: '', writes: false, destroy: undefined });
    return claim ? await findProblems(claim, { idleMs: idleBeforeMs, claimed: 'by nobody' }) : [];
  } catch (failure) {
    if (failure instanceof NeedError) return failure.problems;
    throw failure;
  }
}

async function providerLines(): Promise<readonly string[]> {
  return Promise.all(
    providers.map(async (provider) => {
      const defaults = provider.settings.safeParse(provider.example ?? {});
      const needs: readonly Need[] = defaults.success ? provider.configure(defaults.data).needs : [];
      const problem = (await checkNeeds(needs)).find((state) => state.problem)?.problem;
      return lineOf(`${provider.layer} ${provider.name}: ${provider.about}`, problem);
    }),
  );
}

function lineOf(what: string, problem: Problem | undefined): string {
  return problem ? `  no   ${what}\n         ${renderProblem(problem)}` : `  ok   ${what}`;
}
