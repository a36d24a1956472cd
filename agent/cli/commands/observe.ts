// `observe`: which rings of a Xen host look capped.

import { defineCommand } from '../command.ts';
import { textOrJson } from '../options.ts';
import { durationMs } from '../values.ts';

export const observe = defineCommand({
  words: 'observe',
  about: 'say which rings of a Xen host look capped as they are used now; touches nothing (root)',
  positionals: {},
  options: {
    for: {
      describe: 'how long to look, 1s to 60s',
      type: 'string',
      default: '10s',
      coerce: durationMs('--for', { min: 1_000, max: 60_000 }),
    },
    format: textOrJson,
  },
  examples: [['observe --for 30s', 'look for half a minute']],
  asks: ({ for: forMs = 0, format }) => ({ forMs, format }),
  call: async (asked, { print }) => (await import('../handlers/observe.ts')).observe({ ...asked, print }),
});
