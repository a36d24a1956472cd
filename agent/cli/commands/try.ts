// `try RUN`: turns the setting that a report names, measures what that gains, and puts it back.

import { defineCommand } from '../command.ts';
import { limitsAsked, measureOptions, prepareOptions } from '../options.ts';

const { budget, preset, seed, 'max-impact': maxImpact, destroy } = prepareOptions;

export const tryCommand = defineCommand({
  words: 'try <run>',
  about:
    'turn the setting that the report of a run names, measure the gain beside the predicted one, put it back (root)',
  positionals: { run: { describe: 'its folder, or its name or id in --runs', type: 'string', demandOption: true } },
  options: {
    to: { describe: 'the value to turn it to; left out: the one that the report names', type: 'string' },
    yes: { describe: 'do not ask', type: 'boolean', default: false, alias: 'y' },
    ...{ budget, preset, seed, 'max-impact': maxImpact, destroy },
    ...measureOptions,
  },
  examples: [
    ['try runs/20260102T030405Z-4e0783', 'show the change, ask, turn it and measure'],
    ['try 4e0783 --to 96 --yes --format json', 'another value, for a pipeline'],
  ],
  asks: ({ deadline, label: labels, budget, preset, maxImpact, ...rest }) => ({
    ...rest,
    ...limitsAsked({ budget, preset, maxImpact }),
    labels,
    deadlineMs: deadline,
  }),
  call: async (asked, { print }) => (await import('../handlers/try.ts')).tryRun({ ...asked, print }),
});
