// `compare A B`: what changed between two runs.

import { defineCommand } from '../command.ts';
import { runsOption, textOrJson } from '../options.ts';
import { percent } from '../values.ts';

export const compare = defineCommand({
  words: 'compare <first> <second>',
  about: 'say what changed between two runs, and whether the second is worse',
  positionals: {
    first: { describe: 'the folder of a run, or its name in --runs', type: 'string', demandOption: true },
    second: { describe: 'another', type: 'string', demandOption: true },
  },
  options: {
    runs: runsOption,
    tolerance: {
      describe: "the loss of goodput that is let pass, per cent; left out: the profile's minimumLift",
      type: 'number',
      coerce: percent('--tolerance'),
    },
    format: textOrJson,
  },
  examples: [['compare 371c32 4e0783 --tolerance 10', 'stop a pipeline (exit code 21) if more than 10 % is lost']],
  asks: ({ first, second, runs, tolerance, format }) => ({ first, second, runs, tolerance, format }),
  call: async (asked, { print }) => (await import('../handlers/compare.ts')).compare({ ...asked, print }),
});
