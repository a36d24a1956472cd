// `selftest`: known bottlenecks, planted on this host.

import { defineCommand } from '../command.ts';
import { durationMs } from '../values.ts';

export const selftest = defineCommand({
  words: 'selftest',
  about: 'plant known bottlenecks on this host, and check the verdicts and the way back (root)',
  positionals: {},
  options: {
    deadline: {
      describe: 'stop and restore the host after this time; a slow or busy host may need more',
      type: 'string',
      defaultDescription: '5m',
      coerce: durationMs('--deadline'),
    },
  },
  examples: [
    ['selftest', 'before the first run on a host'],
    ['selftest --deadline 15m', 'on a slow or busy host'],
  ],
  asks: ({ deadline = 300_000 }) => ({ deadlineMs: deadline }),
  call: async (asked, { print }) => (await import('../handlers/selftest.ts')).selftest({ ...asked, print }),
});
