// Offers of ours at TAB beside commands, options and their values: profiles, and words that can be explained.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { siteProfiles } from './place.ts';
import { findCommand } from './registry.ts';

/** `words`: those of the command line, without options. Files are what the shell itself offers where this gives none. */
export async function offered(
  words: readonly string[],
  current: string,
  folder: string = siteProfiles,
): Promise<readonly string[]> {
  if (current.startsWith('-')) return [];
  const offers = findCommand(words[0])?.offers ?? (async () => Promise.resolve([]));
  const all = offers === 'profiles' ? profilesIn(folder) : await offers();
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
