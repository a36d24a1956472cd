// A link in configfs.

import { symlink, unlink } from 'node:fs/promises';
import { exists } from '../kernel/files.ts';
import { runCommand } from '../kernel/run-command.ts';
import { retryBusy } from '../kernel/wait.ts';
import { words } from '../../lib/shell-words.ts';
import { inNetns } from './netns.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface LinkStep extends StepBase {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
  /** Make the link inside this network namespace: nvmet opens its socket in the namespace of the caller. */
  readonly netns?: string;
}

export const linkStep: StepKind<LinkStep> = {
  kind: 'link',
  text: ({ path, target, netns }) => ({
    act: words([...inNetns(netns), 'ln', '-s', target, path]),
    undo: words(['rm', path]),
  }),
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path, target, netns }) => {
    if (netns === undefined) await symlink(target, path);
    else await runCommand([...inNetns(netns), 'ln', '-s', target, path]);
    return '';
  },
  undo: ({ path }, _prior, patienceMs) => retryBusy(patienceMs, () => unlink(path)),
};
