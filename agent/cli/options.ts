// Options that commands share.

import { parseLabels } from '../lib/labels.ts';
import { parseImpact } from '../plan/impact.ts';
import { parseDestroy } from '../run/destroy.ts';
import { runsFor } from './place.ts';
import { durationMs, wholeSeed } from './values.ts';

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
