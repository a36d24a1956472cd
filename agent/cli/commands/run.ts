// `run PROFILE`: the main job.

import { defineCommand } from '../command.ts';
import { formatOption, labelOption, limitsAsked, prepareOptions, profileArgument, runsOption } from '../options.ts';
import { commandLine, durationMs } from '../values.ts';

export const run = defineCommand({
  words: 'run <profile>',
  about: 'measure, and say which layer holds the host back (root)',
  positionals: { profile: profileArgument },
  options: {
    ...prepareOptions,
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
  },
  examples: [
    ['run profiles/own-disk.yaml --deadline 15m', 'measure, and be back within 15 minutes'],
    ['run profiles/own-disk.yaml --label phase=before --format json', 'for a pipeline'],
  ],
  offers: 'profiles',
  asks: ({ deadline, label: labels, budget, preset, maxImpact, ...rest }) => ({
    ...rest,
    ...limitsAsked({ budget, preset, maxImpact }),
    labels,
    deadlineMs: deadline,
  }),
  call: async (asked, { print }) => (await import('../handlers/run.ts')).run({ ...asked, print }),
});
