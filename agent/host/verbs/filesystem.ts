// Folders, links and attributes of configfs, sysfs and cgroupfs.

import { rmdir, symlink, unlink } from 'node:fs/promises';
import { chosenValue, exists, makeFolder, readText, writeAttribute } from '../kernel/files.ts';
import { runCommand } from '../kernel/run-command.ts';
import { inNetns } from '../step.ts';
import { retryBusy } from '../kernel/wait.ts';
import { nothingToCapture, type Verb } from './verb.ts';

export const mkdirVerb: Verb<'mkdir'> = {
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path }) => {
    await makeFolder(path);
    return '';
  },
  undo: ({ path }, _prior, patienceMs) => retryBusy(patienceMs, () => rmdir(path)),
};

export const linkVerb: Verb<'link'> = {
  present: ({ path }) => exists(path),
  capture: nothingToCapture,
  act: async ({ path, target, netns }) => {
    if (netns === undefined) await symlink(target, path);
    else await runCommand([...inNetns(netns), 'ln', '-s', target, path]);
    return '';
  },
  undo: ({ path }, _prior, patienceMs) => retryBusy(patienceMs, () => unlink(path)),
};

export const writeVerb: Verb<'write'> = {
  shared: true,
  present: async ({ path, restore }, prior) => {
    if (restore === 'never') return false;
    const now = await readText(path);
    return now !== undefined && chosenValue(now) !== undoneValue(restore, prior);
  },
  capture: async ({ path, restore }) => (restore === 'prior' ? chosenValue((await readText(path)) ?? '') : ''),
  act: async ({ path, value }) => {
    await writeAttribute(path, value);
    return '';
  },
  undo: ({ path, restore }, prior, patienceMs) =>
    retryBusy(patienceMs, () => writeAttribute(path, undoneValue(restore, prior))),
};

function undoneValue(restore: 'prior' | 'never' | { readonly value: string }, prior: string | undefined): string {
  return typeof restore === 'object' ? restore.value : (prior ?? '');
}
