// What the guests of a profile do, as fio will be told: job files are read once, whoever runs them.

import type { JobChange } from '../lib/job-change.ts';
import type { Demand } from '../lib/own-limit.ts';
import { demandOf, demandOfInline } from '../load/demand.ts';
import { inlineSections, type JobSection, layoutIn } from '../load/job.ts';
import { readUserJob } from '../load/user-job.ts';
import { type Profile, type Workload, workloadOf } from '../profile/profile.ts';
import type { GuestLoad } from './fit.ts';

interface Job {
  readonly sections: readonly JobSection[];
  readonly changes: readonly JobChange[];
  readonly demand: Demand;
}

export interface Loads {
  /** Of the first guest; of all where `own` is left out. */
  readonly sections: readonly JobSection[];
  /** Of each guest, where some group has a workload of its own. */
  readonly own?: readonly (readonly JobSection[])[];
  readonly demand: Demand;
  readonly demands?: readonly Demand[];
  readonly changes: readonly JobChange[];
  /** One for each workload, by the first group that has it. */
  readonly each: readonly GuestLoad[];
}

/** Throws ProfileError for a job file that cannot be taken. */
export async function loadsOf(profile: Profile): Promise<Loads> {
  const jobs = new Map<string, Job>();
  const keys = profile.guests.map((_, i) => JSON.stringify(workloadOf(profile, i + 1)));
  for (const [i, key] of keys.entries()) if (!jobs.has(key)) jobs.set(key, await jobOf(workloadOf(profile, i + 1)));
  const all = keys.flatMap((key) => jobs.get(key) ?? []);
  const [first] = all;
  const changes = new Map([...jobs.values()].flatMap((job) => job.changes.map((one) => [JSON.stringify(one), one])));
  const isApart = profile.guests.some(({ workload }) => workload !== undefined);
  return {
    sections: first?.sections ?? [],
    demand: first?.demand ?? { depth: 1, rates: [] },
    ...(isApart ? { own: all.map(({ sections }) => sections), demands: all.map(({ demand }) => demand) } : {}),
    changes: [...changes.values()],
    each: [...jobs].map(([key, { sections }]) => {
      const { group, workload } = profile.guests[keys.indexOf(key)] ?? {};
      const guests = keys.filter((other) => other === key).length;
      return { ...(group === undefined || workload === undefined ? {} : { group }), guests, sections };
    }),
  };
}

async function jobOf(workload: Workload): Promise<Job> {
  if ('job' in workload) {
    const { sections, changes } = await readUserJob(workload.job, workload.phase);
    return { sections, changes, demand: demandOf(sections) };
  }
  const sections = inlineSections(workload);
  return { sections, changes: [], demand: demandOfInline(workload, sections) };
}

/** Where the files of the jobs are not simply all of a lane. */
export function placeChanges(each: readonly GuestLoad[], laneBytes: number): readonly JobChange[] {
  return each.flatMap(({ sections }): readonly JobChange[] => {
    const wanted = laneBytes > 0 ? layoutIn(sections, laneBytes)?.wanted : undefined;
    return wanted === undefined || wanted === laneBytes ? [] : [{ kind: 'working-set', bytes: wanted, laneBytes }];
  });
}
