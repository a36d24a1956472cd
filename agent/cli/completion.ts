// What a shell offers at TAB beside commands, options and their values: profiles, and words that can be explained.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allTerms } from '../report/glossary.ts';
import { siteProfiles } from './place.ts';

const withProfile = ['run', 'plan', 'doctor'];

/** `words`: those of the command line, without options. Files are what the shell itself offers where this gives none. */
export function offered(words: readonly string[], current: string, folder: string = siteProfiles): readonly string[] {
  const [command = ''] = words;
  if (current.startsWith('-')) return [];
  const all = withProfile.includes(command) ? profilesIn(folder) : command === 'explain' ? allTerms() : [];
  return all.filter((word) => word.startsWith(current) && !word.includes(' '));
}

function profilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
