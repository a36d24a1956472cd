// Programs of iproute2 and the like, where the kernel has no file to write.

import type { Kernel } from '../port.ts';
import { words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const slowMs = 180_000;

/** How to see that a step is in effect: a path or an interface that exists exactly then, or the life of an object it sits on. */
export type Witness =
  { readonly path: string } | { readonly netns: string; readonly link: string } | { readonly parent: string };

export interface ExecStep extends StepBase {
  readonly kind: 'exec';
  readonly argv: readonly string[];
  /** Absent only when the thing vanishes with its parent. */
  readonly undo?: readonly string[];
  readonly witness: Witness;
  /** It moves much data: given minutes. */
  readonly slow?: true;
}

export const execStep: StepKind<ExecStep> = {
  kind: 'exec',
  text: ({ argv, undo }) => ({ act: words(argv), undo: undo ? words(undo) : null }),
  // An object on a parent of ours goes with it: never adopted, never undone.
  present: async ({ witness }, _prior, kernel) => {
    if ('path' in witness) return kernel.exists(witness.path);
    return 'link' in witness && (await hasLink(witness, kernel));
  },
  capture: nothingToCapture,
  actMs: slowMs + 10_000,
  // A stop cuts off a program that only fills an object of ours. Any other makes something, as `ip` does, and is left to end: cut
  // off, it might have made half of it, which no undo knows.
  act: async ({ argv, slow }, _prior, stop, kernel) => {
    await (slow ? kernel.run(argv, { deadlineMs: slowMs, stop }) : kernel.run(argv));
    return '';
  },
  undo: async ({ undo }, _prior, _patienceMs, kernel) => {
    if (undo) await kernel.run(undo);
  },
};

/** An interface goes with its namespace. Throws HostError where `ip` cannot say: then it may be there. */
async function hasLink(
  { netns, link }: { readonly netns: string; readonly link: string },
  kernel: Kernel,
): Promise<boolean> {
  if (!(await kernel.exists(`/run/netns/${netns}`))) return false;
  const said = await kernel.run(['ip', '-n', netns, '-o', 'link', 'show']);
  return said.split('\n').some((line) => line.split(/[:@ ]+/)[1] === link);
}
