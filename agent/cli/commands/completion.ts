// `completion`: what makes a shell complete commands.

import { defineCommand } from '../command.ts';

// A completion command of yargs' own would print its script for `--help` too.
export const completion = defineCommand({
  words: 'completion',
  about: 'print what makes bash, or zsh if $SHELL is one, complete commands',
  positionals: {},
  options: {},
  examples: [['completion >/etc/bash_completion.d/layerlift', 'for bash, where no package has done it']],
  asks: () => ({}),
  call: (_asked, { printCompletion }) => {
    printCompletion();
    return Promise.resolve('ok');
  },
});
