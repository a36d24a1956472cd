// `status`: who holds this host, and what is left on it.

import { statusFormats } from '../../report/formats/format-names.ts';
import { defineCommand } from '../command.ts';
import { runsOption } from '../options.ts';
import { durationMs } from '../values.ts';

export const status = defineCommand({
  words: 'status',
  about: 'say who holds this host, what is left on it, and what was last found; runs nothing (root)',
  positionals: {},
  options: {
    runs: runsOption,
    'max-age': {
      describe: 'nagios: a verdict that is older is UNKNOWN',
      type: 'string',
      default: '168h',
      coerce: durationMs('--max-age'),
    },
    format: { describe: 'how it is printed', choices: statusFormats, default: 'text' },
    output: { describe: 'a file that it replaces whole, in place of stdout', type: 'string' },
  },
  examples: [
    ['status', 'see whether a run goes on, or has left something'],
    ['status --format nagios --max-age 48h', 'for a monitor'],
    ['status --format prometheus --output /run/layerlift.prom', 'for the textfile collector of node-exporter'],
  ],
  asks: ({ runs, maxAge: maxAgeMs = 0, format, output }) => ({ runs, maxAgeMs, format, output }),
  call: async (asked, { print }) => (await import('../handlers/status.ts')).status({ ...asked, print }),
});
