// `plan PROFILE`: the dry run.

import { defineCommand } from '../command.ts';
import { limitsAsked, prepareOptions, profileArgument, textOrJson } from '../options.ts';

export const plan = defineCommand({
  words: 'plan <profile>',
  about: 'show arms, schedule, time and every change to the host with its undo; touches nothing',
  positionals: { profile: profileArgument },
  options: { ...prepareOptions, format: textOrJson },
  examples: [['plan profiles/demo.yaml', 'see every change before it is made']],
  offers: 'profiles',
  asks: ({ budget, preset, maxImpact, ...rest }) => ({ ...rest, ...limitsAsked({ budget, preset, maxImpact }) }),
  call: async (asked, { print }) => (await import('../handlers/plan.ts')).plan({ ...asked, print }),
});
