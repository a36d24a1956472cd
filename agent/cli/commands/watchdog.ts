// `watchdog RUN`: hidden, because a run alone calls it. main.ts knows it by sight, and does not come here for it.

import { defineCommand } from '../command.ts';

export const watchdog = defineCommand({
  words: 'watchdog <run>',
  about: false,
  positionals: { run: { type: 'string', demandOption: true } },
  options: {},
  examples: [],
  asks: ({ run }) => ({ run }),
  call: async ({ run }) => (await import('../handlers/watchdog.ts')).watchdog({ run }),
});
