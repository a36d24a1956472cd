// The guard's eyes on the machine that it runs on.

import { readlink, stat } from 'node:fs/promises';
import { errnoOf } from '../../lib/errors.ts';
import { deviceNumberOf } from '../device-number.ts';
import { listFolder, readText } from '../files.ts';
import { runCommand } from '../run-command.ts';
import type { Eyes } from './look.ts';

const printDeadlineMs = 20_000;

export const liveEyes: Eyes = {
  read: withoutTheGone(readText),
  list: async (path) => (await withoutTheGone(listFolder)(path)) ?? [],
  link: async (path) => {
    try {
      return await readlink(path);
    } catch (failure) {
      // EINVAL: it is no link.
      if (isGone(failure) || errnoOf(failure) === 'EINVAL') return undefined;
      throw failure;
    }
  },
  numberOf: async (path) => {
    try {
      const found = await stat(path);
      if (found.isCharacterDevice()) return `c${deviceNumberOf(found.rdev)}`;
      return found.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined;
    } catch (failure) {
      if (isGone(failure) || errnoOf(failure) === 'ELOOP' || errnoOf(failure) === 'ENAMETOOLONG') return undefined;
      throw failure;
    }
  },
  print: (argv) => runCommand(argv, printDeadlineMs),
};

/** A process that ends while it is looked at uses nothing any more: reads of it fail with ESRCH. */
function withoutTheGone<T>(look: (path: string) => Promise<T>): (path: string) => Promise<T | undefined> {
  return async (path) => {
    try {
      return await look(path);
    } catch (failure) {
      if (isGone(failure)) return undefined;
      throw failure;
    }
  };
}

function isGone(failure: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ESRCH'].includes(errnoOf(failure) ?? '');
}
