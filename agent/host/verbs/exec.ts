// Programs of iproute2 and the like, where the kernel has no file to write.

import { exists } from '../kernel/files.ts';
import { runCommand } from '../kernel/run-command.ts';
import { nothingToCapture, type Verb } from './verb.ts';

const slowMs = 180_000;

export const execVerb: Verb<'exec'> = {
  // What sits on a parent of ours goes with it: never adopted, never undone.
  present: ({ witness }) => ('path' in witness ? exists(witness.path) : Promise.resolve(false)),
  capture: nothingToCapture,
  actMs: slowMs + 10_000,
  // What only fills an object of ours is cut off by a stop. All else makes something, as `ip` does, and is left to end: cut
  // off, it might have made half of it, which no undo knows.
  act: async ({ argv, slow }, _prior, stop) => {
    await (slow ? runCommand(argv, { deadlineMs: slowMs, stop }) : runCommand(argv));
    return '';
  },
  undo: async ({ undo }) => {
    if (undo) await runCommand(undo);
  },
};
