// From a profile's path to everything that a run or a plan needs to know.

import { randomInt } from 'node:crypto';
import { cpuCount } from '../host/facts.ts';
import { ProfileError } from '../lib/errors.ts';
import { inlineSections, type JobSection, writes } from '../load/job.ts';
import { readUserJob } from '../load/user-job.ts';
import { type Impact, withinImpact } from '../plan/impact.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { stackPlan } from '../plan/stack-plan.ts';
import { loadProfile } from '../profile/load.ts';
import type { Profile } from '../profile/profile.ts';
import { sliceSectors, type StackPlan } from '../stack/raise.ts';
import { realDeviceOf, surveyMedia } from './survey.ts';

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
  /** Accepts a false claim in one of five runs, in place of one of twenty, for fewer slices. */
  readonly fast?: boolean;
  /** The most that all guests together may take of the host. */
  readonly impact?: Impact | undefined;
  /** Two guests and short slices: for plants that are large and known. */
  readonly short?: boolean;
}

const shortGuests = 2;
const shortExperiment = { settle: 300e6, measure: 1e9, budget: 70e9 } as const;

/** Chance of a false claim in a run with `--fast`. */
const fastAlpha = 0.2;

/** Throws ProfileError or NeedError; changes nothing. */
export async function prepare(path: string, options: PrepareOptions): Promise<Prepared> {
  const { profile: written, text } = loadProfile(path);
  const profile = asAsked(written, options);
  const sections = await sectionsOf(profile);
  const writable = writes(sections);
  const real = realDeviceOf(profile);
  if (
    writable &&
    (real !== undefined || profile.stack.some(({ deployed }) => deployed.provider === 'nvme-tcp-remote'))
  ) {
    throw new ProfileError([
      {
        at: path,
        message: `workload: it writes, but ${real ?? 'the remote target'} is used for reading only`,
        hint: 'use rw: randread or read; writing works on model disks',
      },
    ]);
  }
  const geometry = await surveyMedia(profile);
  // Refuses guests that do not fit before anything is touched.
  sliceSectors(geometry.sectors, profile.guests.length);
  const seed = options.seed ?? profile.experiment.seed ?? randomInt(2 ** 31 - 1);
  const plan = makePlan(profile, geometry, {
    seed,
    cold: options.cold,
    ...(options.fast === true ? { alpha: fastAlpha } : {}),
    ...(options.budgetMs === undefined ? {} : { budgetMs: options.budgetMs }),
  });
  return { plan, stack: stackPlan(profile, geometry, { cpus: cpuCount(), writable }), sections, text };
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
