// `top RUN`: looks on at a run that goes on.

import { defineCommand } from '../command.ts';
import { runsOption } from '../options.ts';

export const top = defineCommand({
  words: 'top [run]',
  about: 'look on at a run that goes on: the arm that is measured, the lifts so far, what can be proven by when',
  positionals: {
    run: { describe: 'its folder, or its name in --runs; left out: the newest there', type: 'string' },
  },
  options: { runs: runsOption },
  examples: [['top', 'attach to the newest run; Ctrl-C leaves it as it is']],
  asks: ({ run, runs }) => ({ run, runs }),
  call: async (asked, { print }) => (await import('../handlers/top.ts')).top({ ...asked, print }),
});
