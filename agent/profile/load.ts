// Reads a profile from disk.

import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoOf, ProfileError, reasonOf } from '../lib/errors.ts';
import { decodeProfile } from './decode.ts';
import type { Profile } from './profile.ts';

export interface LoadedProfile {
  readonly profile: Profile;
  readonly text: string;
  readonly path: string;
}

/** Throws ProfileError for a file that cannot be read and for every mistake in it. */
export function loadProfile(path: string): LoadedProfile {
  const text = readInput(path, 'profile');
  const profile = decodeProfile(text, path);
  const { workload } = profile;
  const placed =
    'job' in workload ? { ...profile, workload: { ...workload, job: resolve(dirname(path), workload.job) } } : profile;
  return { profile: placed, text, path };
}

/** Reads a text that the user named. Throws ProfileError when that fails. */
export function readInput(path: string, what: string): string {
  try {
    const kind = statSync(path);
    // A device may have no end.
    if (kind.isCharacterDevice() || kind.isBlockDevice() || kind.isSocket()) throw new Error('it is no file');
    return readFileSync(path, 'utf8');
  } catch (failure) {
    const code = errnoOf(failure);
    const reason =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : (code ?? reasonOf(failure));
    throw new ProfileError([{ message: `cannot read ${what} ${path}: ${reason}`, hint: `give the path of a ${what}` }]);
  }
}
