// What a profile asks for against what this host and its media have, as far as it can be told without touching either.

import type { AioRoom } from '../host/facts/aio.ts';
import { availableCpus } from '../host/facts/cpus.ts';
import { ProfileError, type Problem } from '../lib/errors.ts';
import { parseBytes, writeBytes } from '../lib/units.ts';
import { depthOf, type JobSection, onlyChecks, optionOf, verifies } from '../load/job.ts';
import { cpuRanges, type Profile } from '../profile/profile.ts';
import type { Geometry } from '../stack/provider.ts';
import type { StackLayer } from '../stack/raise.ts';
import type { LayerOutline } from './outlines.ts';

/** Throws ProfileError with everything that does not fit. */
export function mustFit(
  profile: Profile,
  found: {
    readonly at: string;
    readonly sections: readonly JobSection[];
    readonly geometry: Geometry | undefined;
    /** What the layers would make of it. */
    readonly outlines: readonly LayerOutline[];
  },
): void {
  const problems = [
    ...cpuProblems(profile, availableCpus()),
    ...(found.geometry ? blockProblems(found.sections, found.geometry) : []),
    ...found.outlines.flatMap(({ layer, outline: { problems, blockBytes } }) => [
      ...problems.map((problem) => ({ message: `stack.${layer}.deployed: ${problem}` })),
      ...(blockBytes === undefined || !found.geometry || blockBytes <= found.geometry.blockBytes
        ? []
        : blockProblems(found.sections, { blockBytes }, layer)),
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

/** `guests`: how many run these sections. */
export function aioProblems(
  sections: readonly JobSection[],
  guests: number,
  { used, most }: AioRoom,
): readonly Problem[] {
  const own = sections.filter(({ options }) => optionOf(options, 'ioengine') === 'libaio');
  const wanted = guests * depthOf(own);
  if (used + wanted <= most) return [];
  const message = `the guests ask for ${wanted} I/Os in flight by libaio, and fs.aio-max-nr leaves ${Math.max(0, most - used)} (${most}, of which ${used} are taken)`;
  return [{ message, hint: `sysctl -w fs.aio-max-nr=${used + 2 * wanted}, or ioengine: io_uring` }];
}
