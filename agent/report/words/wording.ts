// The verdict in words: one sentence to act on, what to do next, and why. Every format prints these same words.

import { cutSentence } from './cut-short.ts';
import type { Facts, Wording } from './facts.ts';
import { reasonsOf } from './reasons.ts';
import { triedWording } from './tried.ts';
import { twinSentence } from './twin.ts';
import { verdictWords } from './verdict/words.ts';

export function wordingOf(facts: Facts): Wording {
  const verdict = verdictWords(facts);
  const { reasons } = verdict;
  const { sentence, next } = facts.tried ? triedWording(facts, facts.tried) : verdict;
  // The host comes before the next measurement.
  const first = facts.exit.name === 'residue' ? 'run `layerlift recover`, as the host is not as found. Then: ' : '';
  return {
    sentence: facts.twin ? `${sentence} ${twinSentence(facts.twin)}` : sentence,
    next: `Next: ${first}${next}`,
    why: [...cutSentence(facts), ...(facts.tried ? [] : reasonsOf(facts, reasons))],
  };
}
