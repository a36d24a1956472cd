// `schema [DOCUMENT]`: the JSON Schema of what is printed as JSON.

import { defineCommand } from '../command.ts';
import { jsonText } from '../../lib/json-text.ts';

export const schema = defineCommand({
  words: 'schema [document]',
  about: 'print the JSON Schema of a JSON document: the report, or what discover or observe prints',
  positionals: { document: { choices: ['report', 'discovered', 'observed'], default: 'report' } },
  options: {},
  examples: [['schema', 'to check reports by']],
  asks: ({ document }) => ({ document }),
  call: async ({ document }, { print }) => {
    const schemaHere =
      document === 'report'
        ? (await import('../../report/document/document.ts')).reportJsonSchema()
        : document === 'discovered'
          ? (await import('../../discover/document.ts')).discoveredJsonSchema()
          : (await import('../../observe/document.ts')).observedJsonSchema();
    print(jsonText(schemaHere));
    return 'ok';
  },
});
