// `explain [TERM]`: what a word of a report means.

import { UsageError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { nearest } from '../../lib/nearest.ts';
import { allExplained, explained } from '../../report/explained.ts';
import { allTerms, entriesFor } from '../../report/glossary.ts';

/** Throws UsageError for a word that is none of the house's, with the nearest that is. */
export function explain({ term, print }: { term: string | undefined; print: (text: string) => void }): ExitName {
  if (term === undefined) {
    print(allExplained());
    return 'ok';
  }
  const entries = entriesFor(term);
  if (entries.length === 0) {
    const meant = nearest(term.toLowerCase(), allTerms());
    throw new UsageError(
      `"${term}" is no word of layerlift${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
      '`layerlift explain` lists them all',
    );
  }
  print(explained(entries));
  return 'ok';
}
