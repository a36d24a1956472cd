// `selftest`: known bottlenecks, planted on this host.

import { defineCommand } from '../command.ts';

export const selftest = defineCommand({
  words: 'selftest',
  about: 'plant known bottlenecks on this host, and check the verdicts and the way back (root)',
  positionals: {},
  options: {},
  examples: [['selftest', 'before the first run on a host']],
  asks: () => ({}),
  call: async (_asked, { print }) => (await import('../handlers/selftest.ts')).selftest({ print }),
});
