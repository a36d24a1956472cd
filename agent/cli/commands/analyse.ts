// `analyse FOLDER`: the analysis of a run again, from its records.

import { defineCommand } from '../command.ts';
import { folderArgument } from '../options.ts';

export const analyse = defineCommand({
  words: 'analyse <folder>',
  about: 'recompute the analysis from the folder of a run, as JSON',
  positionals: { folder: folderArgument },
  options: {},
  examples: [['analyse runs/20260102T030405Z-4e0783', 'all statistics, as JSON']],
  asks: ({ folder }) => ({ folder }),
  call: async (asked, { print }) => (await import('../handlers/folder.ts')).analyseFolder({ ...asked, print }),
});
