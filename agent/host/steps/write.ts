// An attribute of configfs, sysfs or cgroupfs.

import { chosenValue } from '../formats/choice.ts';
import { retryBusy } from '../kernel/wait.ts';
import { word } from '../../lib/shell-words.ts';
import type { StepBase, StepKind } from './verb.ts';

export interface WriteStep extends StepBase {
  readonly kind: 'write';
  readonly path: string;
  readonly value: string;
  /** `prior`: put back what was there; `never`: the object goes away anyway; else the value that undoes it. */
  readonly restore: 'prior' | 'never' | { readonly value: string };
  /** Not every kernel has it: where it cannot be read it is left as it is. */
  readonly ifThere?: true;
  /** Puts back what earlier writes of this run to the path have changed: they need no undo any more. */
  readonly ends?: true;
}

export const writeStep: StepKind<WriteStep> = {
  kind: 'write',
  text: ({ path, value, restore, ends }, prior) => ({
    // A plan cannot know it yet.
    act: `echo ${word(ends ? '<what was there>' : value)} > ${word(path)}`,
    undo:
      restore === 'never'
        ? null
        : `echo ${restore === 'prior' ? beforeIt(prior) : word(restore.value)} > ${word(path)}`,
  }),
  shared: true,
  present: async ({ path, restore }, prior, kernel) => {
    if (restore === 'never') return false;
    const now = await kernel.read(path);
    return now !== undefined && chosenValue(now) !== undoneValue(restore, prior);
  },
  capture: async ({ path, restore }, kernel) =>
    restore === 'prior' ? chosenValue((await kernel.read(path)) ?? '') : '',
  act: async ({ path, value, ifThere }, _prior, _stop, kernel) => {
    // The kernel may show a name that only fails to be read.
    const isThere =
      ifThere !== true ||
      (await kernel.read(path).then(
        (text) => text !== undefined,
        () => false,
      ));
    if (isThere) await kernel.write(path, value);
    return '';
  },
  // A value with `restore: prior` belongs to the host; all others go with an object of ours.
  readBack: async ({ path, restore }, kernel) => {
    const now = restore === 'prior' ? await kernel.read(path) : undefined;
    return now === undefined ? undefined : chosenValue(now);
  },
  takenOver: async ({ path }, became, kernel) => {
    const text = await kernel.read(path);
    const now = text === undefined ? undefined : chosenValue(text);
    if (now === undefined || now === became) return undefined;
    return { path, made: became, found: now };
  },
  undo: ({ path, restore }, prior, patienceMs, kernel) =>
    retryBusy(patienceMs, () => kernel.write(path, undoneValue(restore, prior))),
};

function undoneValue(restore: 'prior' | 'never' | { readonly value: string }, prior: string | undefined): string {
  return typeof restore === 'object' ? restore.value : (prior ?? '');
}

function beforeIt(prior: string | undefined): string {
  return prior === undefined ? '"$what_was_there"' : word(prior);
}
