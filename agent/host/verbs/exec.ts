// Programs of iproute2 and the like, where the kernel has no file to write.

import { exists } from '../files.ts';
import { runCommand } from '../run-command.ts';
import { nothingToCapture, type Verb } from './verb.ts';

export const execVerb: Verb<'exec'> = {
  // What sits on a parent of ours goes with it: never adopted, never undone.
  present: ({ witness }) => ('path' in witness ? exists(witness.path) : Promise.resolve(false)),
  capture: nothingToCapture,
  act: async ({ argv }) => {
    await runCommand(argv);
    return '';
  },
  undo: async ({ undo }) => {
    if (undo) await runCommand(undo);
  },
};
