// `doctor [PROFILE]`: what this host offers and lacks.

import { defineCommand } from '../command.ts';

export const doctor = defineCommand({
  words: 'doctor [profile]',
  about: 'say what this host offers and lacks',
  positionals: { profile: { describe: 'check for this profile', type: 'string' } },
  options: {},
  examples: [['doctor profiles/own-disk.yaml', 'see what this host lacks for a profile']],
  offers: 'profiles',
  asks: ({ profile }) => ({ profile }),
  call: async (asked, { print }) => (await import('../handlers/doctor.ts')).doctor({ ...asked, print }),
});
