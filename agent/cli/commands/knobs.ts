// `knobs`: the settings of this host that may cap the I/Os in flight.

import { defineCommand } from '../command.ts';
import { textOrJson } from '../options.ts';

export const knobs = defineCommand({
  words: 'knobs',
  about: 'list the settings of this host that may cap the I/Os in flight',
  positionals: {},
  options: {
    layer: { describe: 'only those of one layer', choices: ['load', 'ring', 'blockstack', 'network', 'media'] },
    format: textOrJson,
  },
  examples: [['knobs --layer ring', 'see what may cap the rings of this host']],
  asks: ({ layer, format }) => ({ layer, format }),
  call: async (asked, { print }) => (await import('../handlers/knobs.ts')).knobs({ ...asked, print }),
});
