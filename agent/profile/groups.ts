// The guests of a profile, group by group: a number or a map is one group without a name.

import type * as z from 'zod';
import { mostGuests } from '../lib/guest.ts';
import { type Mistake, mistakesOf, type Path } from './mistakes.ts';
import { type Group, type GuestLimits, type profileSchema, type Workload, workloadSchemaFor } from './profile.ts';

export interface DecodedGroups {
  /** As written, one a guest; the groups one after another. */
  readonly guests: readonly GuestLimits[];
  readonly groups: readonly Group[];
  /** Whether they stand in a list, so that a path to one has its place in it. */
  readonly isList: boolean;
  readonly mistakes: readonly Mistake[];
}

/** `raw`: the profile as it was read, for what it says and what was filled in. */
export function decodeGroups(
  { guests, workload }: z.output<typeof profileSchema>,
  raw: Readonly<Record<string, unknown>> | undefined,
): DecodedGroups {
  const isList = Array.isArray(guests);
  const groups: readonly Group[] = Array.isArray(guests) ? guests : [guests];
  const pathOf = (i: number): Path => (isList ? ['guests', i] : ['guests']);
  const decoded = groups.map((group, i) => decodeGroup(group, { path: pathOf(i), workload }));
  const isUnused = raw?.['workload'] !== undefined && groups.every((group) => group.workload !== undefined);
  return {
    guests: decoded.flatMap((one) => one.guests),
    groups,
    isList,
    mistakes: [
      ...decoded.flatMap((one) => one.mistakes),
      ...nameMistakes(groups),
      ...countMistakes(groups),
      ...(isUnused
        ? [
            {
              path: ['workload'],
              message: 'every group has a workload of its own: this one has no effect',
              hint: 'leave it out, or leave the workload of a group out',
            },
          ]
        : []),
    ],
  };
}

function decodeGroup(
  { count, only, name, workload: written, ...common }: Group,
  { path, workload }: { readonly path: Path; readonly workload: Workload },
): { readonly guests: readonly GuestLimits[]; readonly mistakes: readonly Mistake[] } {
  const outside = Object.keys(only).filter((number) => Number(number) < 1 || Number(number) > count);
  const schema = workloadSchemaFor(written);
  const own = written === undefined ? undefined : schema.safeParse(written);
  const ownWorkload = own?.success ? (own.data as Workload) : undefined;
  const apart = {
    ...(name === undefined ? {} : { group: name }),
    ...(ownWorkload ? { workload: ownWorkload } : {}),
  };
  const guests = Array.from({ length: count }, (_, i) => ({ ...common, ...only[`${i + 1}`], ...apart }));
  const isDeaf = 'job' in (ownWorkload ?? workload) && guests.some(({ iodepth }) => iodepth !== undefined);
  return {
    guests,
    mistakes: [
      ...outside.map((number) => ({
        path: [...path, 'only', number],
        message: `there is no guest ${number}${path.length > 1 ? ' in this group' : ''}`,
        hint: `expected 1 to ${count}`,
      })),
      ...(own?.error?.issues ?? []).flatMap((issue) => mistakesOf(issue, [...path, 'workload'], schema)),
      ...(isDeaf
        ? [{ path, message: 'iodepth has no effect on a fio job file', hint: 'set iodepth in the job file' }]
        : []),
    ],
  };
}

/** Of several groups each has a name of its own: the report speaks of them by it. */
function nameMistakes(groups: readonly Group[]): readonly Mistake[] {
  return groups.flatMap(({ name }, i): Mistake[] => {
    if (name === undefined)
      return groups.length > 1
        ? [{ path: ['guests', i], message: 'a group without a name', hint: 'expected `name`, such as `name: db`' }]
        : [];
    const first = groups.findIndex((other) => other.name === name);
    if (first === i) return [];
    const message = `"${name}" is the name of another group`;
    return [{ path: ['guests', i, 'name'], message, hint: 'expected a name for each' }];
  });
}

function countMistakes(groups: readonly Group[]): readonly Mistake[] {
  const count = groups.reduce((all, group) => all + group.count, 0);
  if (count <= mostGuests) return [];
  return [{ path: ['guests'], message: `${count} guests in all groups`, hint: `expected at most ${mostGuests}` }];
}
