// What the page cache holds of a block device, and has not yet written, is written.

import { words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

/** Much may be waiting, on slow media. */
const patientMs = 180_000;

export interface WriteOutStep extends StepBase {
  readonly kind: 'write-out';
  readonly device: string;
}

export const writeOutStep: StepKind<WriteOutStep> = {
  kind: 'write-out',
  text: ({ device }) => ({ act: words(command(device)), undo: null }),
  present: () => Promise.resolve(false),
  capture: nothingToCapture,
  act: async ({ device }, _prior, stop, kernel) => {
    await kernel.run(command(device), { deadlineMs: patientMs, stop });
    return '';
  },
  undo: () => Promise.resolve(),
  actMs: patientMs + 10_000,
  settles: true,
};

function command(device: string): readonly string[] {
  return ['sync', '-d', device];
}
