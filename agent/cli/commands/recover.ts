// `recover`: undoes what an interrupted run left behind.

import { defineCommand } from '../command.ts';

export const recover = defineCommand({
  words: 'recover',
  about: 'undo what an interrupted run left behind (root)',
  positionals: {},
  options: { verbose: { describe: 'show every undo on stderr', type: 'boolean', default: false, alias: 'v' } },
  examples: [['recover --verbose', 'see every undo']],
  asks: ({ verbose }) => ({ verbose }),
  call: async (asked, { print }) => (await import('../handlers/recover.ts')).recover({ ...asked, print }),
});
