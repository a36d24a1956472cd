// The profile: what to compare, under which load, for how long. The schema is the one source of names and defaults.

import * as z from 'zod';
import { guestKinds, mostGuests } from '../lib/guest.ts';
import type { Layer } from '../lib/layer.ts';
import type { Case } from './case.ts';
import { bytes, cpuMax, duration, plainText, wholeNumber } from './settings.ts';

/** First and last CPU of each part of a list as in cpuset.cpus. */
export function cpuRanges(text: string): readonly (readonly [number, number])[] {
  return text.split(',').map((part) => {
    const [first = '', last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}

const limits = {
  cpuset: z
    .string()
    .max(1024)
    .regex(/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/, 'expected CPUs as in cpuset.cpus, such as 0-1 or 0,2')
    .refine((text) => cpuRanges(text).every(([first, last]) => first <= last), {
      error: 'expected ranges that go up, such as 1-3',
    })
    .optional()
    .meta({
      description: 'CPUs of each guest, as in `cpuset.cpus`; they must be online',
      values: 'such as `0-1` or `0,2`',
    }),
  cpuMax: cpuMax('each guest').optional(),
  memoryMax: bytes({ min: 2 ** 20 })
    .optional()
    .describe('memory of each guest'),
  ioMax: z
    .strictObject({
      rbps: bytes({ min: 1 }).optional().describe('bytes read a second'),
      wbps: bytes({ min: 1 }).optional().describe('bytes written a second'),
      riops: wholeNumber(1, 1e9).optional().describe('reads a second'),
      wiops: wholeNumber(1, 1e9).optional().describe('writes a second'),
    })
    .optional()
    .describe('I/O limits of each guest, as in `io.max`'),
  ioWeight: wholeNumber(1, 10_000).optional().describe('weight of each guest, as in `io.weight`'),
};

/** Keys that can be given for all guests or for one. */
const eachGuest = {
  ...limits,
  /** Nanoseconds; without it every I/O that completes is useful. */
  latencyObjective: duration({ min: 1e3, max: 10e9 }).optional().describe('an I/O that takes longer is not useful'),
  iodepth: wholeNumber(1, 4096).optional().describe("I/Os in flight, in place of the workload's"),
};

const guestsSchema = z.strictObject({
  count: wholeNumber(1, mostGuests).describe('how many guests'),
  ...eachGuest,
  only: z
    .record(z.string().regex(/^[1-9]\d*$/, 'expected the number of a guest'), z.strictObject(eachGuest))
    .default({})
    .describe('the same keys for single guests, by number; they win'),
});

/** Guests that are alike. Its workload is decoded as what it is meant to be, see `workloadSchemaFor`. */
const groupSchema = guestsSchema.extend({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,20}$/, 'expected a name of at most 21 of a-z, 0-9 and -')
    .optional()
    .meta({ description: 'name of a group, for reports', values: 'at most 21 of a-z, 0-9, -' }),
  workload: z.unknown().optional().meta({ description: 'what each guest of a group does', values: 'as `workload`' }),
});

const groupsSchema = z.array(groupSchema, { error: 'expected a number, a map, or a list of groups' }).min(1, {
  error: 'expected at least one group',
});

const profileGuests = z.preprocess((value) => (typeof value === 'number' ? { count: value } : value), guestsSchema);

/** They do one I/O at a time, whatever depth fio is told. */
const oneAtATime: readonly string[] = ['psync', 'sync', 'pvsync2'];

const inlineFields = z.strictObject({
  rw: z
    .enum(['randread', 'read', 'randwrite', 'write', 'randrw', 'rw'])
    .default('randread')
    .describe('direction and order'),
  rwmixread: wholeNumber(0, 100).optional().describe('reads in a mix, per cent'),
  bs: bytes({ min: 512, max: 2 ** 24 })
    .refine((size) => size % 512 === 0, { error: 'expected whole blocks of 512 bytes' })
    .default(4096)
    .describe('size of an I/O: whole blocks of the media'),
  iodepth: wholeNumber(1, 4096).default(8).describe('I/Os in flight for each guest'),
  ioengine: z.enum(['libaio', 'io_uring', 'psync', 'sync', 'pvsync2']).default('libaio').describe('engine of fio'),
  verify: z.enum(['crc32c', 'md5', 'sha256', 'xxhash']).optional().describe('checks what was written'),
  rate: wholeNumber(1, 1e7).optional().describe('open loop: I/Os a second asked for by each guest'),
  arrivals: z.enum(['even', 'poisson']).optional().describe('when the I/Os of a `rate` come; without it, evenly'),
});

const inlineSchema = inlineFields
  .refine(({ ioengine, iodepth }) => iodepth === 1 || !oneAtATime.includes(ioengine), {
    path: ['iodepth'],
    error: 'psync, sync and pvsync2 do one I/O at a time: expected iodepth: 1, or the ioengine libaio or io_uring',
  })
  .refine(({ rate, arrivals }) => arrivals === undefined || rate !== undefined, {
    path: ['arrivals'],
    error: 'a closed loop has no arrivals of its own: expected a `rate` beside it',
  });

const jobSchema = z.strictObject({
  job: plainText('the path of a fio job file').describe('a fio job file instead, relative to the profile'),
  phase: z
    .union([wholeNumber(1, 1_000), plainText('the number of a phase, or the name of a section in it')])
    .optional()
    .meta({
      description: 'which phase of a job file with `stonewall` runs; else the last',
      values: 'its number, or the name of a section in it',
    }),
});

const experimentSchema = z.strictObject({
  /** Nanoseconds. */
  settle: z
    .union([z.literal('pilot', { error: 'expected `pilot`' }), duration({ min: 0, max: 30e9 })])
    .default('pilot')
    .describe('wait after each switch; `pilot` finds it out'),
  measure: duration({ min: 500e6, max: 120e9 }).default(3e9).describe('length of a slice'),
  budget: duration({ min: 10e9, max: 24 * 3600e9 })
    .default(600e9)
    .describe('the most time to spend on slices'),
  seed: wholeNumber(0, 2 ** 31 - 1)
    .optional()
    .describe('seed of the order; else each run draws one and prints it'),
  minimumLift: z
    .number({ error: 'expected a number from 1 to 100' })
    .min(1)
    .max(100)
    .default(5)
    .describe('the smallest lift that matters, per cent'),
});

export const profileSchema = z.strictObject({
  version: z.literal(1, { error: 'expected version: 1' }).describe('version of this format'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected a name of a-z, 0-9 and -')
    .meta({
      description: 'name of the profile, for reports',
      values: 'at most 41 of a-z, 0-9, -',
    }),
  guest: z.enum(guestKinds).default('cgroup').describe('a guest is a cgroup of this host, or a Xen domain'),
  guests: z
    .preprocess(
      (value) => (typeof value === 'number' ? { count: value } : value),
      z.union([guestsSchema, groupsSchema]),
    )
    .meta({
      description: 'the guests: these keys, their number, or a list of groups',
      values: 'a map, a list of maps, or 1 to 64',
    }),
  workload: z
    .union([inlineSchema, jobSchema])
    .prefault({})
    .describe('what each guest does: these keys, or `job` alone'),
  stack: z
    .strictObject({
      media: z.unknown().optional().describe('where data ends up'),
      network: z.unknown().optional().describe('the path to the media'),
      blockstack: z.unknown().optional().describe('device-mapper on the host'),
      ring: z.unknown().optional().describe('the queue between guest and host'),
    })
    .describe('the layers, at least one'),
  experiment: experimentSchema.prefault({}).describe('how long, how sure'),
  case: z.unknown().optional().describe('a public report and what a run must find of it'),
});

export type Inline = z.output<typeof inlineSchema>;
export type Workload = Inline | z.output<typeof jobSchema>;
export type Group = z.output<typeof groupSchema>;

/** One guest: its limits, its objective, and what sets it apart from those of other groups. */
export interface GuestLimits extends Omit<z.output<typeof guestsSchema>, 'count' | 'only'> {
  /** Name of its group; left out: it is of none. */
  readonly group?: string;
  /** In place of the profile's; left out: it does what the profile says. */
  readonly workload?: Workload;
}

/** A provider chosen by name, with its settings decoded by its own schema. Plain data. */
export interface Choice {
  readonly provider: string;
  readonly settings: unknown;
}

export interface LayerChoice {
  readonly layer: Layer;
  readonly deployed: Choice;
  /** Null: `stub: none`, the layer stays as it is. */
  readonly stub: Choice | null;
}

/** A resolved profile: every default filled in, every layer's settings decoded. */
export interface Profile {
  readonly version: 1;
  readonly name: string;
  /** The question that the file opens with, if it has one. */
  readonly question: string;
  readonly guest: z.output<typeof profileSchema>['guest'];
  readonly guests: readonly GuestLimits[];
  readonly workload: Workload;
  /** Bottom to top. */
  readonly stack: readonly LayerChoice[];
  /** Durations in nanoseconds. */
  readonly experiment: z.output<typeof experimentSchema>;
  /** The public report that it stands for; absent where it stands for none. */
  readonly case?: Case;
}

/** What a guest does, by its number from 1. */
export function workloadOf({ guests, workload }: Pick<Profile, 'guests' | 'workload'>, guest: number): Workload {
  return guests[guest - 1]?.workload ?? workload;
}

/** I/Os a second that a guest asks for, by its number from 1; undefined: a closed loop, or a job file. */
export function offeredOf(profile: Pick<Profile, 'guests' | 'workload'>, guest: number): number | undefined {
  const workload = workloadOf(profile, guest);
  return 'job' in workload ? undefined : workload.rate;
}

/** Which form of `guests` a value is meant to be decides whose mistakes are worth telling. */
export function guestsSchemaFor(value: unknown): z.ZodType {
  return Array.isArray(value) ? groupsSchema : profileGuests;
}

/** Which of the two kinds of workload a value is meant to be decides whose mistakes are worth telling. */
export function workloadSchemaFor(value: unknown): z.ZodType {
  return typeof value === 'object' && value !== null && 'job' in value ? jobSchema : inlineSchema;
}
