// What a profile asks for against what this host and its media have, as far as it can be told without touching either.

import { availableCpus } from '../host/facts/cpus.ts';
import { ProfileError, type Problem } from '../lib/errors.ts';
import { parseBytes, writeBytes } from '../lib/units.ts';
import type { JobSection } from '../load/job.ts';
import { cpuRanges, type Profile } from '../profile/profile.ts';
import type { Geometry } from '../stack/provider.ts';

/** Throws ProfileError with everything that does not fit. */
export function mustFit(
  profile: Profile,
  found: { readonly at: string; readonly sections: readonly JobSection[]; readonly geometry: Geometry | undefined },
): void {
  const problems = [
    ...cpuProblems(profile, availableCpus()),
    ...(found.geometry ? blockProblems(found.sections, found.geometry) : []),
  ];
  if (problems.length > 0) throw new ProfileError(problems.map((problem) => ({ at: found.at, ...problem })));
}

/** `cpus`: numbers of the CPUs that are online. */
export function cpuProblems({ guests }: Profile, cpus: ReadonlySet<number>): readonly Problem[] {
  const sets = new Set(guests.flatMap(({ cpuset }) => cpuset ?? []));
  return [...sets].flatMap((set): Problem[] => {
    const missing = cpuRanges(set).flatMap(([first, last]) => firstMissing(first, last, cpus) ?? [])[0];
    if (missing === undefined) return [];
    const has = [...cpus].sort((a, b) => a - b).join(', ');
    return [{ message: `guests.cpuset: "${set}": this host has no CPU ${missing} online`, hint: `it has ${has}` }];
  });
}

function firstMissing(first: number, last: number, cpus: ReadonlySet<number>): number | undefined {
  for (let cpu = first; cpu <= last; cpu++) if (!cpus.has(cpu)) return cpu;
  return undefined;
}

/** Direct I/O must be in whole blocks (open(2), O_DIRECT); sizes that fio alone understands are left to it. */
export function blockProblems(sections: readonly JobSection[], { blockBytes }: Geometry): readonly Problem[] {
  const sizes = sections.flatMap(({ options }) =>
    options.flatMap(([key, value]) => (key === 'bs' || key === 'blocksize' ? (value?.split(',') ?? []) : [])),
  );
  return [...new Set(sizes)].flatMap((text): Problem[] => {
    const size = parseBytes(text);
    if (size === undefined || (size > 0 && size % blockBytes === 0)) return [];
    const message = `workload.bs: ${writeBytes(size)} is not a multiple of ${writeBytes(blockBytes)}, the block size of the media`;
    return [{ message }];
  });
}
