// `discover`, and the schemas of what is printed as JSON.

import type { Argv } from 'yargs';
import { type Calls, print } from './calls.ts';
import { withExamples } from './examples.ts';

export function addDiscover(parser: Argv, { done, commands }: Calls): void {
  parser
    .command(
      'discover [things..]',
      'show the storage stack of this host, from guests down to media; touches nothing, does no I/O',
      (y) =>
        withExamples(y, 'discover')
          .positional('things', {
            describe: 'only these: a device, mount point, domain, virtual machine or process',
            type: 'string',
            array: true,
            default: [],
          })
          .options({
            from: { describe: 'a snapshot that scripts/collect has printed, of any host', type: 'string' },
            'with-tools': {
              describe: 'also ask tools that may read disks or load a module: zpool, zfs, ss',
              type: 'boolean',
              default: false,
            },
            format: { describe: 'how it is printed', choices: ['text', 'json'] as const, default: 'text' as const },
          }),
      async ({ things, from, withTools, format }) => {
        const { discover } = await commands.discover();
        done(await discover({ things, from, withTools, format, print }));
      },
    )
    .command(
      'schema [document]',
      'print the JSON Schema of a JSON document: the report, or what discover prints',
      (y) =>
        withExamples(y, 'schema').positional('document', {
          choices: ['report', 'discovered'] as const,
          default: 'report' as const,
        }),
      async ({ document }) => {
        const schema =
          document === 'report'
            ? (await import('../report/document/document.ts')).reportJsonSchema()
            : (await import('../discover/document.ts')).discoveredJsonSchema();
        print(`${JSON.stringify(schema, null, 2)}\n`);
      },
    );
}
