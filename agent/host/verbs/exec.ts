// Programs of iproute2 and the like, where the kernel has no file to write.

import { exists } from '../files.ts';
import { runCommand } from '../run-command.ts';
import { nothingToCapture, type Verb } from './verb.ts';

const slowMs = 180_000;

export const execVerb: Verb<'exec'> = {
  // What sits on a parent of ours goes with it: never adopted, never undone.
  present: ({ witness }) => ('path' in witness ? exists(witness.path) : Promise.resolve(false)),
  capture: nothingToCapture,
  actMs: slowMs + 10_000,
  act: async ({ argv, slow }) => {
    await runCommand(argv, slow ? slowMs : undefined);
    return '';
  },
  undo: async ({ undo }) => {
    if (undo) await runCommand(undo);
  },
};
