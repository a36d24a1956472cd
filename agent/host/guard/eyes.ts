// The guard's eyes on the machine that it runs on.

import { readlink, stat } from 'node:fs/promises';
import { errnoOf } from '../../lib/errors.ts';
import { deviceNumberOf } from '../formats/device-number.ts';
import { isAbsent, listFolder, readText } from '../kernel/files.ts';
import { loopStandsOn } from '../kernel/loop-status.ts';
import { runCommand } from '../kernel/run-command.ts';
import type { Eyes } from './look.ts';

const printDeadlineMs = 20_000;

export const liveEyes: Eyes = {
  read: readText,
  list: listFolder,
  link: async (path) => {
    try {
      return await readlink(path);
    } catch (failure) {
      // EINVAL: it is no link.
      if (isAbsent(failure) || errnoOf(failure) === 'EINVAL') return undefined;
      throw failure;
    }
  },
  numberOf: async (path) => {
    try {
      const found = await stat(path);
      if (found.isCharacterDevice()) return `c${deviceNumberOf(found.rdev)}`;
      return found.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined;
    } catch (failure) {
      if (isAbsent(failure) || errnoOf(failure) === 'ELOOP' || errnoOf(failure) === 'ENAMETOOLONG') return undefined;
      throw failure;
    }
  },
  loopOn: loopStandsOn,
  print: (argv) => runCommand(argv, { deadlineMs: printDeadlineMs }),
};
