// Limits that are a guest's own and none of the stack's: of its profile, of its job, of the run.

export const ownLimitKinds = [
  'io-max',
  'rate',
  'rate-iops',
  'think-time',
  'cpu-max',
  'cpuset',
  'memory-max',
  'iodepth',
] as const;
export type OwnLimitKind = (typeof ownLimitKinds)[number];

/** Who sets it: the profile, the job file that the profile names, or `--max-impact`. */
export const limitSources = ['profile', 'job', 'max-impact'] as const;
export type LimitSource = (typeof limitSources)[number];

interface Limit {
  readonly kind: OwnLimitKind;
  /** As its source writes it: `riops=120`, `50000 100000`, `rate_iops=100`. */
  readonly value: string;
  readonly by: LimitSource;
}

/** One limit of one guest. */
export interface OwnLimit extends Limit {
  readonly guest: number;
}

/** A limit with the guests that meet it, by number. */
export interface MetLimit extends Limit {
  readonly guests: readonly number[];
}

/** Which I/O a rate is of. */
export type Way = 'read' | 'write' | 'any';

/** A rate that a job holds each guest to. */
export interface JobRate {
  readonly kind: 'rate' | 'rate-iops' | 'think-time';
  readonly value: string;
  readonly way: Way;
  readonly unit: 'ios' | 'bytes';
  readonly perSecond: number;
}

/** Demand of a guest's job: I/Os in flight, and the rates that it keeps to. */
export interface Demand {
  readonly depth: number;
  readonly rates: readonly JobRate[];
}
