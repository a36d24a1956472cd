// Building blocks of the profile's schema: units as people write them, decoded to base units.

import * as z from 'zod';
import { parseBytes, parseDuration, writeBytes, writeDuration } from '../lib/units.ts';

/** Facts on a value for the page of all keys, beside the description: which values, and in which unit they are written. */
export interface ValueWords {
  readonly values?: string;
  readonly unit?: 'duration' | 'size';
}

/** A duration such as `20ms`, decoded to nanoseconds. */
export function duration(limits: { min?: number; max: number }): z.ZodType<number, string> {
  return unit(
    'a duration with its unit, such as 20ms or 1.5s',
    { parse: parseDuration, write: writeDuration },
    limits,
  ).meta({
    unit: 'duration',
  } satisfies ValueWords);
}

/** A size such as `4k` or `2GiB`, decoded to bytes. */
export function bytes(limits: { min?: number; max?: number } = {}): z.ZodType<number, string> {
  return unit('a size such as 4k, 512MiB or 2GiB', { parse: parseBytes, write: writeBytes }, limits).meta({
    unit: 'size',
  } satisfies ValueWords);
}

function unit(
  expected: string,
  { parse, write }: { parse: (text: string) => number | undefined; write: (value: number) => string },
  limits: { min?: number; max?: number },
): z.ZodType<number, string> {
  const decoded = z.union([z.string(), z.number()], { error: `expected ${expected}` }).transform((value, context) => {
    const parsed = parse(String(value));
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = limits;
    if (parsed !== undefined && parsed >= min && parsed <= max) return parsed;
    const range = parsed === undefined ? expected : rangeText(limits, write);
    context.addIssue({ code: 'custom', message: `expected ${range}, not "${value}"` });
    return z.NEVER;
  }) as unknown as z.ZodType<number, string>;
  return decoded.meta({ values: rangeText(limits, write) } satisfies ValueWords);
}

function rangeText({ min, max }: { min?: number; max?: number }, write: (value: number) => string): string {
  if (max === undefined) return `at least ${write(min ?? 0)}`;
  return min === undefined ? `at most ${write(max)}` : `${write(min)} to ${write(max)}`;
}

export function wholeNumber(min: number, max: number): z.ZodNumber {
  return z
    .number({ error: `expected a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);
}

/** A text that may become part of a path, a table or an argument: one line, no control characters. */
export function plainText(what: string): z.ZodString {
  return z
    .string({ error: `expected ${what}` })
    .min(1)
    .max(4096)
    .regex(/^[^\p{Cc}]*$/u, `expected ${what} on one line`);
}

/** The range that the kernel takes (kernel/sched/core.c, tg_set_cfs_bandwidth); the group's own file says no more than EINVAL. */
const mostQuotaUs = 2 ** 44 - 1;
function isCpuMax(text: string): boolean {
  const [quota = '', period = '100000'] = text.split(' ');
  const within = (value: string, most: number): boolean => Number(value) >= 1_000 && Number(value) <= most;
  return (quota === 'max' || within(quota, mostQuotaUs)) && within(period, 1_000_000);
}

/** A quota and a period as in cpu.max, microseconds. `whose` CPU time: for its description. */
export function cpuMax(whose: string): z.ZodString {
  return z
    .string()
    .regex(/^(max|\d+)( \d+)?$/, 'expected `quota period` as in cpu.max, such as "50000 100000"')
    .refine(isCpuMax, {
      error: `expected a quota of 1000 to ${mostQuotaUs} us or max, and a period of 1000 to 1000000 us`,
    })
    .meta({ description: `CPU time of ${whose}, as in \`cpu.max\`, in us`, values: '`quota period`' });
}
