// `discover`, and the schemas of what is printed as JSON.

import type { Argv } from 'yargs';
import { type Calls, print } from './calls.ts';
import { withExamples } from './examples.ts';
import { durationMs } from './values.ts';
import { jsonText } from '../lib/json-text.ts';

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
            profile: { describe: 'also write a profile that clones what was found into this file', type: 'string' },
            scratch: {
              describe: 'with --profile: a device that the clone may read in place of a model of the media',
              type: 'string',
              implies: 'profile',
            },
            for: {
              describe: 'with --profile: how long to look at the load, 1s to 60s',
              type: 'string',
              coerce: durationMs('--for', { min: 1_000, max: 60_000 }),
            },
            format: { describe: 'how it is printed', choices: ['text', 'json'] as const, default: 'text' as const },
          }),
      async ({ for: time, things, from, withTools, profile, scratch, format }) => {
        const { discover } = await commands.discover();
        done(await discover({ things, from, withTools, profile, scratch, forMs: time, format, print }));
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
        print(jsonText(schema));
      },
    );
}
