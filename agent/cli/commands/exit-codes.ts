// `exit-codes`: the table of exit codes.

import { exitCodes } from '../../lib/exit-codes.ts';
import { jsonText } from '../../lib/json-text.ts';
import { defineCommand } from '../command.ts';
import { exitTable } from '../values.ts';

export const exitCodeList = defineCommand({
  words: 'exit-codes',
  about: 'list the exit codes',
  positionals: {},
  options: { json: { describe: 'as JSON', type: 'boolean', default: false } },
  examples: [['exit-codes --json', 'for a program']],
  asks: ({ json }) => ({ json }),
  call: ({ json }, { print }) => {
    const rows = Object.entries(exitCodes).map(([name, [code, meaning]]) => ({ code, name, meaning }));
    print(json ? jsonText(rows) : `${exitTable()}\n`);
    return Promise.resolve('ok');
  },
});
