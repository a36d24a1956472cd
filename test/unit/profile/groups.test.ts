// Guests as a list of groups: what each guest gets, and every mistake with its place.

import { describe, expect, it } from 'vitest';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { offeredOf, workloadOf } from '../../../agent/profile/profile.ts';
import { ProfileError } from '../../../agent/lib/errors.ts';

const textOf = (guests: string, rest = ''): string =>
  `version: 1\nname: p\nguests:\n${guests}\n${rest}stack:\n  media: { deployed: { provider: model } }\n`;

function problemsOf(text: string): readonly string[] {
  try {
    decodeProfile(text, 'p.yaml');
  } catch (failure) {
    if (failure instanceof ProfileError)
      return failure.problems.map(
        ({ at, message, hint }) => `${at}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
    throw failure;
  }
  return [];
}

describe('groups', () => {
  const profile = decodeProfile(
    textOf(
      [
        '  - { name: db, count: 2, iodepth: 4, ioWeight: 200, only: { 2: { iodepth: 1 } } }',
        '  - { name: web, count: 1, latencyObjective: 5ms, workload: { rate: 150, arrivals: poisson, bs: 8k } }',
      ].join('\n'),
      'workload: { bs: 16k }\n',
    ),
    'p.yaml',
  );

  it('give their guests what they say, one after another', () => {
    expect(profile.guests).toEqual([
      { group: 'db', iodepth: 4, ioWeight: 200 },
      { group: 'db', iodepth: 1, ioWeight: 200 },
      {
        group: 'web',
        latencyObjective: 5e6,
        workload: { rw: 'randread', bs: 8192, iodepth: 8, ioengine: 'libaio', rate: 150, arrivals: 'poisson' },
      },
    ]);
  });

  it('have the workload of the profile, or their own, and an offer where that is an open loop', () => {
    expect([1, 2, 3].map((guest) => workloadOf(profile, guest))).toMatchObject([
      { bs: 16384 },
      { bs: 16384 },
      { bs: 8192 },
    ]);
    expect([1, 2, 3].map((guest) => offeredOf(profile, guest))).toEqual([undefined, undefined, 150]);
  });
});

describe('mistakes in a list of groups', () => {
  it.each([
    [
      'a key that is nearly one',
      '  - { name: a, count: 1, ioWieght: 5 }',
      'p.yaml:4:26: guests.0.ioWieght: unknown setting (did you mean ioWeight?)',
    ],
    [
      'a group without a name among several',
      '  - { name: a, count: 1 }\n  - { count: 1 }',
      'p.yaml:5:5: guests.1: a group without a name (expected `name`, such as `name: db`)',
    ],
    [
      'a name twice',
      '  - { name: a, count: 1 }\n  - { count: 1, name: a }',
      'p.yaml:5:17: guests.1.name: "a" is the name of another group (expected a name for each)',
    ],
    [
      'more guests than a run can have',
      '  - { name: a, count: 40 }\n  - { name: b, count: 40 }',
      'p.yaml:3:1: guests: 80 guests in all groups (expected at most 64)',
    ],
    [
      'a guest that is not in the group',
      '  - { name: a, count: 4 }\n  - { name: b, count: 2, only: { 3: { iodepth: 1 } } }',
      'p.yaml:5:34: guests.1.only.3: there is no guest 3 in this group (expected 1 to 2)',
    ],
    [
      'a mistake in the workload of a group',
      '  - { name: a, count: 4, workload: { bs: 4k, depth: 2 } }',
      'p.yaml:4:46: guests.0.workload.depth: unknown setting',
    ],
    [
      'arrivals without a rate',
      '  - { name: a, count: 4, workload: { arrivals: poisson } }',
      'p.yaml:4:38: guests.0.workload.arrivals: a closed loop has no arrivals of its own: expected a `rate` beside it',
    ],
    [
      'a depth beside a job file',
      '  - { name: a, count: 4, iodepth: 2, workload: { job: a.fio } }',
      'p.yaml:4:5: guests.0: iodepth has no effect on a fio job file (set iodepth in the job file)',
    ],
    ['no group', '  []', 'p.yaml:3:1: guests: expected at least one group'],
    ['a number in the list', '  - 4', 'p.yaml:4:5: guests.0: expected object, received number'],
  ])('are told: %s', (_, guests, problem) => {
    expect(problemsOf(textOf(guests))).toEqual([problem]);
  });

  it('are told: a workload that nobody has', () => {
    const own = '  - { name: a, count: 1, workload: { bs: 8k } }';
    expect(problemsOf(textOf(own, 'workload: { bs: 4k }\n'))).toEqual([
      'p.yaml:5:1: workload: every group has a workload of its own: this one has no effect (leave it out, or leave the workload of a group out)',
    ]);
  });

  it('are told: limits of a group that do not reach into a domain, by its place', () => {
    const problems = problemsOf(
      textOf('  - { name: a, count: 1 }\n  - { name: b, count: 1, cpuMax: "50000 100000" }', 'guest: domU\n'),
    );
    expect(problems).toEqual([
      'p.yaml:5:26: guests.1.cpuMax: cpuMax does not reach into a domain (its CPUs and memory are `queues` and `memory` of the ring)',
    ]);
  });
});
