// How wide a text of the help is: scripts/build.mjs gives it to yargs in place of the `string-width` that yargs brings along.

import { stripVTControlCharacters } from 'node:util';

/** Columns on a terminal. Right for texts without wide and combining characters, which a test holds the help to. */
export function columnsOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
