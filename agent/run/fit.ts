// What a profile asks for against what this host and its media have, as far as it can be told without touching either.

import type { AioRoom } from '../host/facts/aio.ts';
import { availableCpus } from '../host/facts/cpus.ts';
import { ProfileError, type Problem } from '../lib/errors.ts';
import { sum } from '../lib/numbers.ts';
import { parseBytes, writeBytes } from '../lib/units.ts';
import { depthOf, type JobSection, onlyChecks, optionOf, verifies } from '../load/job.ts';
import { cpuRanges, type Profile } from '../profile/profile.ts';
import type { Geometry } from '../stack/provider.ts';
import type { StackLayer } from '../stack/raise.ts';
import type { LayerOutline } from './outlines.ts';

/** What some guests of a profile do. */
export interface GuestLoad {
  /** Left out: what the profile says of all. */
  readonly group?: string;
  readonly guests: number;
  readonly sections: readonly JobSection[];
}

/** Throws ProfileError with everything that does not fit. */
export function mustFit(
  profile: Profile,
  found: {
    readonly at: string;
    readonly loads: readonly GuestLoad[];
    readonly geometry: Geometry | undefined;
    /** What the layers would make of it. */
    readonly outlines: readonly LayerOutline[];
  },
): void {
  const problems = [
    ...cpuProblems(profile, availableCpus()),
    ...(found.geometry ? blockProblemsOf(found.loads, found.geometry) : []),
    ...found.outlines.flatMap(({ layer, outline: { problems, blockBytes } }) => [
      ...problems.map((problem) => ({ message: `stack.${layer}.deployed: ${problem}` })),
      ...(blockBytes === undefined || !found.geometry || blockBytes <= found.geometry.blockBytes
        ? []
        : blockProblemsOf(found.loads, { blockBytes }, layer)),
    ]),
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

function blockProblemsOf(
  loads: readonly GuestLoad[],
  media: Parameters<typeof blockProblems>[1],
  of?: string,
): readonly Problem[] {
  return loads.flatMap((load) => ofGroup(load, blockProblems(load.sections, media, of)));
}

/** What is wrong with the load of some guests, with the group that they are of. */
export function ofGroup({ group }: GuestLoad, problems: readonly Problem[]): readonly Problem[] {
  return group === undefined
    ? problems
    : problems.map((problem) => ({ ...problem, message: `guests (${group}): ${problem.message}` }));
}

/** Direct I/O must be in whole blocks (open(2), O_DIRECT); sizes that fio alone understands are left to it. */
export function blockProblems(
  sections: readonly JobSection[],
  { blockBytes }: Pick<Geometry, 'blockBytes'> & Partial<Geometry>,
  of = 'media',
): readonly Problem[] {
  const sizes = sections.flatMap(({ options }) =>
    options.flatMap(([key, value]) => (key === 'bs' || key === 'blocksize' ? (value?.split(',') ?? []) : [])),
  );
  return [...new Set(sizes)].flatMap((text): Problem[] => {
    const size = parseBytes(text);
    if (size === undefined || (size > 0 && size % blockBytes === 0)) return [];
    const message = `workload.bs: ${writeBytes(size)} is not a multiple of ${writeBytes(blockBytes)}, the block size of the ${of}`;
    return [{ message }];
  });
}

/** A load that checks what it reads finds nothing of its own on media that keep none of it. */
export function checkProblems(sections: readonly JobSection[], layers: readonly StackLayer[]): readonly Problem[] {
  if (!verifies(sections)) return [];
  if (sections.some((section) => onlyChecks([section])))
    return [
      {
        message: 'the workload checks what it reads (verify), and a part of it that does so writes nothing',
        hint: 'leave verify out, or let it write what it checks (rw: randrw)',
      },
    ];
  return layers.flatMap(({ layer, deployed, stub }) => {
    const forms = [...(deployed.forgets === true ? ['deployed'] : []), ...(stub?.forgets === true ? ['stub'] : [])];
    return forms.map((form) => ({
      message: `the workload checks what it reads (verify), and the ${layer} (${form}) keep nothing of what is written`,
      hint: `set \`memory: true\` under ${layer}.${form}${form === 'stub' ? ', or `stub: none`' : ''}, or leave verify out`,
    }));
  });
}

/** `sections`: of each guest. */
export function aioProblems(sections: readonly (readonly JobSection[])[], { used, most }: AioRoom): readonly Problem[] {
  const own = sections.map((all) => all.filter(({ options }) => optionOf(options, 'ioengine') === 'libaio'));
  const wanted = sum(own.map(depthOf));
  if (used + wanted <= most) return [];
  const message = `the guests ask for ${wanted} I/Os in flight by libaio, and fs.aio-max-nr leaves ${Math.max(0, most - used)} (${most}, of which ${used} are taken)`;
  return [{ message, hint: `sysctl -w fs.aio-max-nr=${used + 2 * wanted}, or ioengine: io_uring` }];
}
