// Values of options: parsed and refused in the words of the command line.

import { UsageError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { parseDuration, renderDuration } from '../lib/units.ts';

/** All exit codes, for `--help`. */
export function exitTable(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, [code, meaning]]) => `  ${String(code).padStart(3)}  ${name.padEnd(14)} ${meaning}`,
  );
  return ['Exit status:', ...rows].join('\n');
}

/** Gives a parser that throws UsageError for what is no duration, or outside of the bounds in milliseconds. */
export function durationMs(
  option: string,
  { min, max }: { readonly min: number; readonly max: number } = { min: 0, max: Infinity },
): (text: string | undefined) => number | undefined {
  return (text) => {
    if (text === undefined) return undefined;
    if (typeof text !== 'string') throw new UsageError(`${option} is given more than once`);
    const ns = parseDuration(text);
    if (ns === undefined || ns <= 0)
      throw new UsageError(
        `${option}: "${text}" is not a duration`,
        'expected a number with its unit, such as 90s or 5m',
      );
    if (ns / 1e6 >= min && ns / 1e6 <= max) return ns / 1e6;
    throw new UsageError(
      `${option}: "${text}" is out of range`,
      `expected ${renderDuration(min * 1e6)} to ${renderDuration(max * 1e6)}`,
    );
  };
}

/** Gives a parser that throws UsageError for an empty line. */
export function commandLine(option: string): (text: string | undefined) => string | undefined {
  return (text) => {
    if (text === undefined || (typeof text === 'string' && text.trim() !== '')) return text;
    throw new UsageError(
      typeof text === 'string' ? `${option}: there is no command` : `${option} is given more than once`,
      `expected a command line for \`sh -c\`, such as ${option} 'test -e /run/stop'`,
    );
  };
}

/** Throws UsageError for what is no seed. */
export function wholeSeed(seed: number | undefined): number | undefined {
  if (seed === undefined || (Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 31)) return seed;
  throw new UsageError(`--seed: "${seed}" is not a seed`, 'expected a whole number from 0 to 2147483647');
}

/** Gives a parser that throws UsageError for what is no whole number from `min` on. */
export function wholeNumber(option: string, min: number): (value: number) => number {
  return (value) => {
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new UsageError(`${option}: "${value}" is not a whole number`, `expected ${min} or more`);
  };
}

/** Gives a parser of per cent that gives a ratio, 1.05 for 5; throws UsageError for what is out of 0 to 100. */
export function percent(option: string): (value: number | undefined) => number | undefined {
  return (value) => {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= 0 && value <= 100) return 1 + value / 100;
    throw new UsageError(`${option}: "${value}" is not per cent`, 'expected a number from 0 to 100');
  };
}
