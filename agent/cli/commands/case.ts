// `case [NAME]`: a public report of slow storage, planted on this host.

import { defineCommand } from '../command.ts';
import { measureOptions, prepareOptions, runsOption, textOrJson } from '../options.ts';

export const caseCommand = defineCommand({
  words: 'case [name]',
  about: 'run a public report of slow storage, planted on this host (root); without a name, list them',
  positionals: { name: { describe: 'left out: all cases are listed', type: 'string' } },
  options: {
    list: { describe: 'list the cases', type: 'boolean', default: false },
    seed: prepareOptions.seed,
    runs: runsOption,
    format: textOrJson,
    quiet: measureOptions.quiet,
    verbose: measureOptions.verbose,
  },
  examples: [
    ['case', 'see them all'],
    ['case host-wide-64', 'run one, and see whether it is right'],
  ],
  offers: async () => (await import('../handlers/case.ts')).listCases().map(({ name }) => name),
  asks: ({ name, list, seed, runs, format, quiet, verbose }) => ({ name, list, seed, runs, format, quiet, verbose }),
  call: async (asked, { print }) => (await import('../handlers/case.ts')).runCase({ ...asked, print }),
});
