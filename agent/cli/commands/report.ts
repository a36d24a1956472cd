// `report FOLDER`: the report of a run again, from its records.

import { defineCommand } from '../command.ts';
import { folderArgument, formatOption } from '../options.ts';

export const report = defineCommand({
  words: 'report <folder>',
  about: 'print the report of a run again, in any format',
  positionals: { folder: folderArgument },
  options: { format: formatOption },
  examples: [['report runs/20260102T030405Z-4e0783 --format md', 'to paste into a ticket']],
  asks: ({ folder, format }) => ({ folder, format }),
  call: async (asked, { print }) => (await import('../handlers/folder.ts')).reportFolder({ ...asked, print }),
});
