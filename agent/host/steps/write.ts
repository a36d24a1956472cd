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
}

export const writeStep: StepKind<WriteStep> = {
  kind: 'write',
  text: ({ path, value, restore }, prior) => ({
    act: `echo ${word(value)} > ${word(path)}`,
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
  act: async ({ path, value }, _prior, _stop, kernel) => {
    await kernel.write(path, value);
    return '';
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
