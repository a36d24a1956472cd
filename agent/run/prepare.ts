// From a profile's path to everything that a run or a plan needs to know.

import { randomInt } from 'node:crypto';
import { cpuCount } from '../host/facts/cpus.ts';
import { ProfileError, UsageError } from '../lib/errors.ts';
import { inlineSections, type JobSection, verifies, writes } from '../load/job.ts';
import { demandOf } from '../load/demand.ts';
import { readUserJob } from '../load/user-job.ts';
import { type Impact, mustReach, withinImpact } from '../plan/impact.ts';
import { type Aims, makePlan, type Plan } from '../plan/plan.ts';
import { noProbe } from '../plan/caps.ts';
import { stackPlan } from '../plan/stack-plan.ts';
import { loadProfile } from '../profile/load.ts';
import type { Profile } from '../profile/profile.ts';
import { sliceSectors, type StackPlan } from '../stack/raise.ts';
import { claimFor, type Destroy } from './destroy.ts';
import { mustFit } from './fit.ts';
import { surveyMedia } from './survey.ts';

export interface Prepared {
  readonly plan: Plan;
  readonly stack: StackPlan;
  readonly sections: readonly JobSection[];
  readonly text: string;
}

export interface PrepareOptions {
  readonly seed: number | undefined;
  readonly cold: boolean;
  readonly budgetMs: number | undefined;
  /** True: look for caps alone; false: not at all; undefined: after the verdict. */
  readonly caps?: boolean | undefined;
  readonly neighbours?: boolean;
  /** Accepts a false claim in one of five runs, in place of one of twenty, for fewer slices. */
  readonly fast?: boolean;
  /** The real device that may be overwritten. */
  readonly destroy?: Destroy | undefined;
  /** The most that all guests together may take of the host. */
  readonly impact?: Impact | undefined;
  /** Two guests and short slices: for plants that are large and known. */
  readonly short?: boolean;
}

const shortGuests = 2;
const shortExperiment = { settle: 300e6, measure: 1e9, budget: 70e9 } as const;

/** Chance of a false claim in a run with `--fast`. */
const fastAlpha = 0.2;

/** Throws ProfileError, UsageError or NeedError; changes nothing. */
export async function prepare(path: string, options: PrepareOptions): Promise<Prepared> {
  if (options.cold && options.neighbours === true) {
    throw new UsageError('--neighbours cannot be measured with --cold', 'leave out one of them');
  }
  const { profile: written, text } = loadProfile(path);
  if (options.cold && written.guest === 'domU') {
    throw new UsageError('--cold would create and destroy all domains of `guest: domU` for each slice', 'leave it out');
  }
  if (options.impact) mustReach(written.guest, options.impact);
  const profile = asAsked(written, options);
  const sections = await sectionsOf(profile);
  const writable = writes(sections);
  if (options.caps === true) mustTakeDelays(path, { profile, verifies: verifies(sections), cold: options.cold });
  const claim = await claimFor(profile, { at: path, writes: writable, destroy: options.destroy });
  const geometry = await surveyMedia(profile);
  mustFit(profile, { at: path, sections, geometry });
  // Refuses guests that do not fit before anything is touched.
  sliceSectors(geometry.sectors, profile.guests.length);
  const seed = options.seed ?? profile.experiment.seed ?? randomInt(2 ** 31 - 1);
  const plan = makePlan(profile, geometry, {
    seed,
    cold: options.cold,
    aims: aimsOf(options),
    demand: demandOf(sections),
    impact: options.impact,
    ...(options.fast === true ? { alpha: fastAlpha } : {}),
    ...(options.budgetMs === undefined ? {} : { budgetMs: options.budgetMs }),
  });
  const site = { cpus: cpuCount(), writable, ...(claim ? { claim } : {}) };
  return { plan, stack: stackPlan(profile, geometry, site), sections, text };
}

function aimsOf({ caps, neighbours = false }: PrepareOptions): Aims {
  return { verdict: caps !== true, caps: caps !== false, neighbours };
}

/** Where nothing but caps are asked for, what would leave them out is an error. */
function mustTakeDelays(path: string, load: Parameters<typeof noProbe>[0]): void {
  const message = noProbe(load);
  if (message === undefined) return;
  throw new ProfileError([{ at: path, message, hint: 'leave out --caps: a verdict can be had without' }]);
}

function asAsked(profile: Profile, { impact, short }: PrepareOptions): Profile {
  const asked = short
    ? {
        ...profile,
        guests: profile.guests.slice(0, shortGuests),
        experiment: { ...profile.experiment, ...shortExperiment },
      }
    : profile;
  return impact ? { ...asked, guests: withinImpact(asked.guests, impact) } : asked;
}

async function sectionsOf({ workload }: Profile): Promise<readonly JobSection[]> {
  return 'job' in workload ? readUserJob(workload.job) : inlineSections(workload);
}
