// `explain [TERM]`: what a word of a report means.

import { UsageError } from '../../lib/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { defineCommand } from '../command.ts';

const words = () => import('../../report/glossary.ts');

/** Throws UsageError for a word that is none of the house's, with the nearest that is. */
export const explain = defineCommand({
  words: 'explain [term]',
  about: 'say what a word of a report means: a verdict, an arm, a role, a caveat',
  positionals: { term: { describe: 'left out: all words', type: 'string' } },
  options: {},
  examples: [
    ['explain masked', 'what a verdict means'],
    ['explain only-ring', 'what an arm means'],
  ],
  offers: async () => (await words()).allTerms(),
  asks: ({ term }) => ({ term }),
  call: async ({ term }, { print }) => {
    const { allExplained, explained } = await import('../../report/explained.ts');
    const { allTerms, entriesFor } = await words();
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
  },
});
