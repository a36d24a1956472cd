// The profile: what to compare, under which load, for how long. The schema is the one source of names and defaults.

import * as z from 'zod';
import type { Layer } from '../lib/layer.ts';
import { bytes, duration, plainText, wholeNumber } from './settings.ts';

/** First and last CPU of each part of a list as in cpuset.cpus. */
export function cpuRanges(text: string): readonly (readonly [number, number])[] {
  return text.split(',').map((part) => {
    const [first = '', last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}

/** What the kernel takes (kernel/sched/core.c, tg_set_cfs_bandwidth); the group's own file says no more than EINVAL. */
const mostQuotaUs = 2 ** 44 - 1;
function isCpuMax(text: string): boolean {
  const [quota = '', period = '100000'] = text.split(' ');
  const within = (value: string, most: number): boolean => Number(value) >= 1_000 && Number(value) <= most;
  return (quota === 'max' || within(quota, mostQuotaUs)) && within(period, 1_000_000);
}

const limits = {
  /** CPUs that the guest may use, as in cpuset.cpus. */
  cpuset: z
    .string()
    .max(1024)
    .regex(/^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/, 'expected CPUs as in cpuset.cpus, such as 0-1 or 0,2')
    .refine((text) => cpuRanges(text).every(([first, last]) => first <= last), {
      error: 'expected ranges that go up, such as 1-3',
    })
    .optional(),
  /** `quota period` in microseconds, as in cpu.max. */
  cpuMax: z
    .string()
    .regex(/^(max|\d+)( \d+)?$/, 'expected `quota period` as in cpu.max, such as "50000 100000"')
    .refine(isCpuMax, {
      error: `expected a quota of 1000 to ${mostQuotaUs} us or max, and a period of 1000 to 1000000 us`,
    })
    .optional(),
  memoryMax: bytes({ min: 2 ** 20 }).optional(),
  ioMax: z
    .strictObject({
      rbps: bytes({ min: 1 }).optional(),
      wbps: bytes({ min: 1 }).optional(),
      riops: wholeNumber(1, 1e9).optional(),
      wiops: wholeNumber(1, 1e9).optional(),
    })
    .optional(),
};

/** What can be said of all guests or of one. */
const eachGuest = {
  ...limits,
  /** An I/O that takes longer is not useful; without it every I/O that completes is. Nanoseconds. */
  latencyObjective: duration({ min: 1e3, max: 10e9 }).optional(),
  /** I/Os in flight, in place of the workload's. */
  iodepth: wholeNumber(1, 4096).optional(),
};

const guestsSchema = z.strictObject({
  count: wholeNumber(1, 64),
  ...eachGuest,
  /** The same for single guests, by number, over what holds for all. */
  only: z
    .record(z.string().regex(/^[1-9]\d*$/, 'expected the number of a guest'), z.strictObject(eachGuest))
    .default({}),
});

/** They do one I/O at a time, whatever depth fio is told. */
const oneAtATime: readonly string[] = ['psync', 'sync', 'pvsync2'];

const inlineFields = z.strictObject({
  rw: z.enum(['randread', 'read', 'randwrite', 'write', 'randrw', 'rw']).default('randread'),
  /** Per cent of reads in a mix. */
  rwmixread: wholeNumber(0, 100).optional(),
  bs: bytes({ min: 512, max: 2 ** 24 })
    .refine((size) => size % 512 === 0, { error: 'expected whole blocks of 512 bytes' })
    .default(4096),
  /** I/Os in flight for each guest. */
  iodepth: wholeNumber(1, 4096).default(8),
  ioengine: z.enum(['libaio', 'io_uring', 'psync', 'sync', 'pvsync2']).default('libaio'),
  /** Fills and checks blocks; needs data-keeping media. */
  verify: z.enum(['crc32c', 'md5', 'sha256', 'xxhash']).optional(),
});

const inlineSchema = inlineFields.refine(({ ioengine, iodepth }) => iodepth === 1 || !oneAtATime.includes(ioengine), {
  path: ['iodepth'],
  error: 'psync, sync and pvsync2 do one I/O at a time: expected iodepth: 1, or the ioengine libaio or io_uring',
});

const jobSchema = z.strictObject({
  /** A fio job file, relative to the profile. */
  job: plainText('the path of a fio job file'),
});

const experimentSchema = z.strictObject({
  /** Nanoseconds; `pilot`: found out at the start of the run. */
  settle: z
    .union([z.literal('pilot', { error: 'expected `pilot`' }), duration({ min: 0, max: 30e9 })])
    .default('pilot'),
  measure: duration({ min: 500e6, max: 120e9 }).default(3e9),
  /** The most time to spend on slices. */
  budget: duration({ min: 10e9, max: 24 * 3600e9 }).default(600e9),
  seed: wholeNumber(0, 2 ** 31 - 1).optional(),
  /** The smallest lift that matters, in per cent. */
  minimumLift: z.number({ error: 'expected a number from 1 to 100' }).min(1).max(100).default(5),
});

export const profileSchema = z.strictObject({
  version: z.literal(1, { error: 'expected version: 1' }),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected a name of a-z, 0-9 and -'),
  /** What each guest is: a cgroup of this host, or a domain of its own on Xen. */
  guest: z.enum(['cgroup', 'domU']).default('cgroup'),
  guests: z.preprocess((value) => (typeof value === 'number' ? { count: value } : value), guestsSchema),
  workload: z.union([inlineSchema, jobSchema]).prefault({}),
  stack: z.strictObject({
    media: z.unknown().optional(),
    network: z.unknown().optional(),
    blockstack: z.unknown().optional(),
    ring: z.unknown().optional(),
  }),
  experiment: experimentSchema.prefault({}),
});

export type Inline = z.output<typeof inlineSchema>;
export type Workload = Inline | z.output<typeof jobSchema>;
/** The limits of one guest, and its objective. */
export type GuestLimits = Omit<z.output<typeof guestsSchema>, 'count' | 'only'>;

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
}

/** Which of the two kinds of workload a value is meant to be decides whose mistakes are worth telling. */
export function workloadSchemaFor(value: unknown): z.ZodType {
  return typeof value === 'object' && value !== null && 'job' in value ? jobSchema : inlineSchema;
}
