// Reads the demand of a job itself (pure): I/Os in flight, and the rates that its options hold it to.

import type { Demand, JobRate, Way } from '../lib/own-limit.ts';
import { sum } from '../lib/numbers.ts';
import { parseBytes, parseDuration } from '../lib/units.ts';
import type { Inline } from '../profile/profile.ts';
import { copiesOf, depthOf, type JobSection, optionOf } from './job.ts';

/** The demand of a workload that stands in the profile: its rate is one of reads and writes together. */
export function demandOfInline({ rate }: Pick<Inline, 'rate'>, sections: readonly JobSection[]): Demand {
  const depth = depthOf(sections);
  if (rate === undefined) return { depth, rates: [] };
  return { depth, rates: [{ kind: 'rate-iops', way: 'any', unit: 'ios', value: `rate=${rate}`, perSecond: rate }] };
}

/** The demand of all sections together. The guest has a rate only if every section keeps to one of the same kind. */
export function demandOf(sections: readonly JobSection[]): Demand {
  const jobs = sections.map(readJob);
  const rates = [
    ...(['read', 'write'] as const).flatMap((way) => [
      ...rateOf(jobs, { kind: 'rate', option: 'rate', way, unit: 'bytes' }),
      ...rateOf(jobs, { kind: 'rate-iops', option: 'rate_iops', way, unit: 'ios' }),
    ]),
    ...thinkingOf(jobs),
  ];
  return { depth: depthOf(sections), rates };
}

interface Job {
  readonly option: (name: string) => string | undefined;
  readonly copies: number;
  readonly ways: readonly Way[];
}

function readJob({ options }: JobSection): Job {
  const option = (name: string): string | undefined => optionOf(options, name);
  return { option, copies: copiesOf(options), ways: waysOf(option) };
}

function waysOf(option: Job['option']): readonly Way[] {
  const mode = option('rw') ?? option('readwrite') ?? 'read';
  if (/^(rand)?read(:|$)/.test(mode)) return ['read'];
  return /^(rand)?write(:|$)/.test(mode) ? ['write'] : ['read', 'write'];
}

/** Rates are those of each job and of each way (fio(1), `rate`): a second value is for writes, one alone for both. */
function rateOf(
  jobs: readonly Job[],
  { kind, option, way, unit }: Pick<JobRate, 'kind' | 'way' | 'unit'> & { readonly option: string },
): readonly JobRate[] {
  const own = jobs.filter(({ ways }) => ways.includes(way));
  const each = own.map((job) => {
    const [first = '', second = first] = (job.option(option) ?? '').split(',');
    return job.copies * (numberOf(way === 'write' ? second : first, job) ?? NaN);
  });
  return knownRate(own, each, option).map((known) => ({ kind, way, unit, ...known }));
}

/** After so many I/Os a job does nothing for a while, once those in flight are through (fio(1), `thinktime`). */
function thinkingOf(jobs: readonly Job[]): readonly JobRate[] {
  const each = jobs.map((job) => {
    const thinkNs = microsecondsOf(job.option('thinktime') ?? '') * 1e3;
    const blocks = Number(job.option('thinktime_blocks') ?? 1);
    return job.option('thinktime_iotime') === undefined ? (job.copies * blocks * 1e9) / thinkNs : NaN;
  });
  return knownRate(jobs, each, 'thinktime').map((known) => ({ kind: 'think-time', way: 'any', unit: 'ios', ...known }));
}

function knownRate(
  jobs: readonly Job[],
  each: readonly number[],
  option: string,
): readonly Pick<JobRate, 'value' | 'perSecond'>[] {
  const perSecond = sum(each);
  if (jobs.length === 0 || !Number.isFinite(perSecond) || perSecond <= 0) return [];
  const values = [...new Set(jobs.map((job) => `${option}=${job.option(option) ?? ''}${timesOf(job)}`))];
  return [{ value: values.join(' and '), perSecond }];
}

function timesOf({ copies }: Job): string {
  return copies > 1 ? `, numjobs=${copies}` : '';
}

/** With `kb_base=1000` fio reads units otherwise: then only a plain number is understood. */
function numberOf(text: string, { option }: Job): number | undefined {
  const isPlain = /^\d+$/.test(text);
  return isPlain || option('kb_base') === undefined || option('kb_base') === '1024' ? parseBytes(text) : undefined;
}

/** A number without a unit is microseconds. */
function microsecondsOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : (parseDuration(text.replace(/(m|u)sec$/, '$1s')) ?? NaN) / 1e3;
}
