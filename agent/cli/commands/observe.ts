// `observe [THING ...]`: what is full or slow in the paths of this host's guests.

import { defineCommand } from '../command.ts';
import { textOrJson } from '../options.ts';
import { durationMs } from '../values.ts';

export const observe = defineCommand({
  words: 'observe [things..]',
  about: 'say what is full or slow below the guests of this host, as it is used now; touches nothing, puts no load',
  positionals: {
    things: {
      describe: 'only the paths of these: a device, mount point, domain, virtual machine or process',
      type: 'string',
      array: true,
      default: [],
    },
  },
  options: {
    for: {
      describe: 'how long to look, 1s to 60s',
      type: 'string',
      default: '10s',
      coerce: durationMs('--for', { min: 1_000, max: 60_000 }),
    },
    'with-tools': {
      describe: 'also ask ss, which may load the module tcp_diag, and what discover asks with it',
      type: 'boolean',
      default: false,
    },
    format: textOrJson,
  },
  examples: [
    ['observe --for 30s', 'look for half a minute at everything'],
    ['observe /dev/vg/data', 'at one device, and all that is above and below it'],
  ],
  asks: ({ things, for: forMs = 0, withTools, format }) => ({ things, forMs, withTools, format }),
  call: async (asked, { print }) => (await import('../handlers/observe.ts')).observe({ ...asked, print }),
});
