// Mistakes in a profile, as their writer sees them.

import { expect } from 'vitest';
import { decodeProfile } from '../../agent/profile/decode.ts';
import { profileOf } from './dry-stack.ts';

/** `line`: a layer with one mistake. It is one error, which names the setting and says `words`. */
export function expectOneMistake(line: string, name: string, words: string): void {
  let said = '';
  try {
    decodeProfile(profileOf([line], 1), 'p.yaml');
  } catch (failure) {
    said = String(failure);
  }
  expect(said.split('p.yaml:')).toHaveLength(2);
  expect(said).toContain(name);
  expect(said).toContain(words);
}
