// A link in configfs.

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
  present: ({ path }, _prior, kernel) => kernel.exists(path),
  capture: nothingToCapture,
  act: async ({ path, target, netns }, _prior, _stop, kernel) => {
    if (netns === undefined) await kernel.link(target, path);
    else await kernel.run([...inNetns(netns), 'ln', '-s', target, path]);
    return '';
  },
  undo: ({ path }, _prior, patienceMs, kernel) => retryBusy(patienceMs, () => kernel.unlink(path)),
};
