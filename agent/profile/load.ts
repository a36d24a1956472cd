// Reads a profile from disk.

import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoOf, ProfileError, reasonOf } from '../lib/errors.ts';
import { decodeProfile } from './decode.ts';
import type { Profile, Workload } from './profile.ts';

export interface LoadedProfile {
  readonly profile: Profile;
  readonly text: string;
  readonly path: string;
}

/**
 * Throws ProfileError for a file that cannot be read and for every mistake in it. `given`: its text, where it is not in a file;
 * `path` then names it in messages.
 */
export function loadProfile(path: string, given?: string): LoadedProfile {
  const text = given ?? readInput(path, 'profile');
  // What is read from a pipe lies nowhere: its job file is relative to the current folder.
  const folder = path === stdinPath ? '.' : dirname(path);
  const profile = decodeProfile(text, path);
  const placed = <T extends Workload>(workload: T): T =>
    'job' in workload ? { ...workload, job: resolve(folder, workload.job) } : workload;
  const guests = profile.guests.map((guest) =>
    guest.workload ? { ...guest, workload: placed(guest.workload) } : guest,
  );
  return { profile: { ...profile, guests, workload: placed(profile.workload) }, text, path };
}

/** The file behind `-` on a command line. */
export const stdinPath = '/dev/stdin';

/** Reads a text that the user named. Throws ProfileError when that fails. */
export function readInput(path: string, what: string): string {
  try {
    // A pipe, a socket or a file: by its number, as a socket has no path that can be opened.
    if (path === stdinPath) return readFileSync(0, 'utf8');
    const kind = statSync(path);
    // A device may have no end.
    if (kind.isCharacterDevice() || kind.isBlockDevice() || kind.isSocket()) throw new Error('it is no file');
    return readFileSync(path, 'utf8');
  } catch (failure) {
    const code = errnoOf(failure);
    const reason = reasons[code ?? '']?.(path) ?? code ?? reasonOf(failure);
    throw new ProfileError([{ message: `cannot read ${what} ${path}: ${reason}`, hint: `give the path of a ${what}` }]);
  }
}

const reasons: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: () => 'there is no such file',
  ENOTDIR: () => 'there is no such file',
  EISDIR: () => 'it is a folder',
  EACCES: deniedWords,
};

/** Which part of a path keeps this user out, whose it is, and its mode. */
export function deniedWords(path: string): string {
  const parts = resolve(path).split('/').slice(1);
  const ways = ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
  for (const way of ways) {
    try {
      const stat = statSync(way);
      accessSync(way, stat.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    } catch (failure) {
      if (errnoOf(failure) !== 'EACCES') break;
      const { uid, mode } = statSync(way);
      const who = uid === 0 ? 'root' : `user ${uid}`;
      const which = way === resolve(path) ? 'it' : way;
      return `permission denied (${which} belongs to ${who}, mode 0${(mode & 0o7777).toString(8)})`;
    }
  }
  return 'permission denied';
}
