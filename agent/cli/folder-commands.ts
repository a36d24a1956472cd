// Commands that read the folders of runs alone, on any machine.

import type { Argv } from 'yargs';
import { type Calls, formatOption, print } from './calls.ts';
import { withExamples } from './examples.ts';
import { labelOption, runsOption, textOrJson } from './options.ts';
import { percent, wholeNumber } from './values.ts';

export function addFolderCommands(parser: Argv, { done, commands }: Calls): void {
  parser
    .command(
      'report <folder>',
      'print the report of a run again, in any format',
      (y) => withExamples(y, 'report').positional('folder', folderArgument).options({ format: formatOption }),
      async ({ folder, format }) => done((await commands.analyse()).reportFolder({ folder, format, print })),
    )
    .command(
      'analyse <folder>',
      'recompute the analysis from the folder of a run, as JSON',
      (y) => withExamples(y, 'analyse').positional('folder', folderArgument),
      async ({ folder }) => done((await commands.analyse()).analyseFolder({ folder, print })),
    )
    .command(
      'history',
      'list the runs of a folder with their verdicts, newest first',
      (y) =>
        withExamples(y, 'history').options({
          runs: runsOption,
          last: { describe: 'the most runs to show', type: 'number', default: 20, coerce: wholeNumber('--last', 1) },
          label: { ...labelOption, describe: 'KEY=VALUE: only runs that have it; may be given several times' },
          format: textOrJson,
        }),
      async ({ runs, last, label: labels, format }) =>
        done((await commands.history()).history({ runs, last, labels: labels ?? {}, format, print })),
    )
    .command(
      'compare <first> <second>',
      'say what changed between two runs, and whether the second is worse',
      (y) =>
        withExamples(y, 'compare')
          .positional('first', {
            describe: 'the folder of a run, or its name in --runs',
            type: 'string',
            demandOption: true,
          })
          .positional('second', { describe: 'another', type: 'string', demandOption: true })
          .options({
            runs: runsOption,
            tolerance: {
              describe: "the loss of goodput that is let pass, per cent; left out: the profile's minimumLift",
              type: 'number',
              coerce: percent('--tolerance'),
            },
            format: textOrJson,
          }),
      async ({ first, second, runs, tolerance, format }) =>
        done((await commands.compare()).compare({ first, second, runs, tolerance, format, print })),
    );
}

const folderArgument = { describe: 'the folder of a run', type: 'string', demandOption: true } as const;
