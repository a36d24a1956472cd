// `history`: the runs of a folder.

import { defineCommand } from '../command.ts';
import { labelOption, runsOption, textOrJson } from '../options.ts';
import { wholeNumber } from '../values.ts';

export const history = defineCommand({
  words: 'history',
  about: 'list the runs of a folder with their verdicts, newest first',
  positionals: {},
  options: {
    runs: runsOption,
    last: { describe: 'the most runs to show', type: 'number', default: 20, coerce: wholeNumber('--last', 1) },
    label: { ...labelOption, describe: 'KEY=VALUE: only runs that have it; may be given several times' },
    format: textOrJson,
  },
  examples: [['history --last 5 --label ticket=INC-1234', 'the last five runs for a ticket']],
  asks: ({ runs, last, label: labels = {}, format }) => ({ runs, last, labels, format }),
  call: async (asked, { print }) => (await import('../handlers/history.ts')).history({ ...asked, print }),
});
