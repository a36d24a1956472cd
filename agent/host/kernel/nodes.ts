// Device nodes and links: which device a path leads to, by the number that no spelling of a path hides.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { errnoOf } from '../../lib/errors.ts';
import { deviceNumberOf } from '../formats/device-number.ts';
import { isAbsent } from './files.ts';

/** Where a symbolic link points; undefined where there is none. Throws Node's error where it cannot be read. */
export async function linkOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (failure) {
    // EINVAL: it is no link.
    if (isAbsent(failure) || errnoOf(failure) === 'EINVAL') return undefined;
    throw failure;
  }
}

/** `major:minor` of the block device that a path leads to, `cMAJOR:MINOR` of a character device; undefined for all else. */
export async function numberOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isCharacterDevice()) return `c${deviceNumberOf(found.rdev)}`;
    return found.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined;
  } catch (failure) {
    if (isAbsent(failure) || errnoOf(failure) === 'ELOOP' || errnoOf(failure) === 'ENAMETOOLONG') return undefined;
    throw failure;
  }
}

/** A file as /proc/locks names it: the numbers of its file system in hexadecimal, and its inode; undefined where there is none. */
export async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    const hex = (number: string): string => Number(number).toString(16).padStart(2, '0');
    return `${deviceNumberOf(found.dev).split(':').map(hex).join(':')}:${found.ino}`;
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw failure;
  }
}

/** A device that is open so that nobody else can claim it (open(2), O_EXCL on a block device). */
export interface Opened {
  /** `major:minor`; undefined: it is no block device. */
  readonly number: string | undefined;
  readonly close: () => void;
}

/** Throws Node's error: EBUSY where somebody has claimed it. */
export function openExclusively(path: string): Opened {
  const fd = openSync(path, constants.O_RDONLY | constants.O_EXCL | constants.O_NONBLOCK);
  const found = fstatSync(fd);
  return {
    number: found.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined,
    close: () => closeSync(fd),
  };
}
