// Options that commands share.

import { parseLabels } from '../lib/labels.ts';
import { type Impact, parseImpact } from '../plan/impact.ts';
import { formatNames } from '../report/formats/format-names.ts';
import { parseDestroy } from '../run/destroy-option.ts';
import { runsFor } from './place.ts';
import { commandLine, durationMs, wholeSeed } from './values.ts';

export const profileArgument = { describe: 'a profile (YAML)', type: 'string', demandOption: true } as const;
export const folderArgument = { describe: 'the folder of a run', type: 'string', demandOption: true } as const;
export const formatOption = { describe: 'how the report is printed', choices: formatNames, default: 'text' } as const;

/** Options that `run` and `plan` share. */
export const prepareOptions = {
  seed: { describe: 'seed of the schedule; the same seed gives the same order', type: 'number', coerce: wholeSeed },
  cold: { describe: 'rebuild everything for each slice instead of switching live', type: 'boolean', default: false },
  budget: { describe: 'the most time to measure, such as 5m', type: 'string', coerce: durationMs('--budget') },
  preset: { describe: 'incident: a budget of 5m', choices: ['incident'] as const, conflicts: 'budget' },
  'max-impact': {
    describe: 'the most that all guests together may take, such as riops=2000,cpu=50,pressure=10',
    type: 'string',
    coerce: (text: string | undefined) => (text === undefined ? undefined : parseImpact(text)),
  },
  caps: {
    describe: 'look for caps on I/Os in flight alone, without a verdict; --no-caps: for a verdict alone',
    type: 'boolean',
  },
  neighbours: {
    describe: 'also measure what the guests do to one another, and name the noisy one',
    type: 'boolean',
    default: false,
  },
  fast: { describe: 'accept a false claim in 1 of 5 runs, for fewer slices', type: 'boolean', default: false },
  destroy: {
    describe: 'DEVICE=SERIAL: overwrite the real device of a profile that says access: rw',
    type: 'string',
    coerce: parseDestroy,
  },
} as const;

/** The budget of each `--preset`, milliseconds. */
const presetBudgetMs = { incident: 300_000 } as const;

/** The limits that `--budget`, `--preset` and `--max-impact` ask for. */
export function limitsAsked({
  budget,
  preset,
  maxImpact,
}: {
  readonly budget: number | undefined;
  readonly preset: keyof typeof presetBudgetMs | undefined;
  readonly maxImpact: Impact | undefined;
}): { readonly impact: Impact | undefined; readonly budgetMs: number | undefined } {
  return { impact: maxImpact, budgetMs: budget ?? (preset && presetBudgetMs[preset]) };
}

export const runsOption = {
  describe: 'where run folders are',
  type: 'string',
  default: runsFor(import.meta.url),
} as const;

/** Without `nargs` the words that follow would be labels too. */
export const labelOption = {
  describe: 'KEY=VALUE: kept with the run and shown in its report; may be given several times',
  type: 'string',
  array: true,
  nargs: 1,
  coerce: (texts: readonly string[] | undefined) => parseLabels(texts ?? [], '--label'),
} as const;

export const textOrJson = {
  describe: 'how it is printed',
  choices: ['text', 'json'] as const,
  default: 'text',
} as const;

/** Options of whatever measures as a run of its own: `run` and `try`. */
export const measureOptions = {
  runs: runsOption,
  label: labelOption,
  deadline: {
    describe: 'stop and restore the host after this time, such as 10m',
    type: 'string',
    coerce: durationMs('--deadline'),
  },
  'stop-if': {
    describe: 'a command asked every second: it stops the run unless it ends with 1',
    type: 'string',
    coerce: commandLine('--stop-if'),
  },
  format: formatOption,
  'without-watchdog': {
    describe: 'run where the watchdog cannot outlive the unit or container of this run',
    type: 'boolean',
    default: false,
  },
  quiet: { describe: 'no progress', type: 'boolean', default: false, alias: 'q' },
  verbose: { describe: 'log every change to the host on stderr', type: 'boolean', default: false, alias: 'v' },
} as const;
