// The words of every kind of verdict: a kind without its line does not compile.

import { verdictKinds } from '../../../analysis/verdict/kinds.ts';
import type { Facts } from '../facts.ts';
import type { Of, VerdictKind, VerdictWords } from './kind.ts';
import * as kinds from './kinds.ts';

const words: { readonly [K in VerdictKind]: VerdictWords<K> } = kinds;

/** Meanings of verdicts, in the order of the list of kinds. */
export const verdictsExplained = verdictKinds.map(({ shape }) => {
  const kind = shape.kind.value;
  return { kind, ...words[kind].about };
});

/** `next`: to follow "Next: ". `reasons`: those that the kind of verdict adds. */
export function verdictWords(facts: Facts): {
  readonly sentence: string;
  readonly next: string;
  readonly reasons: readonly string[];
} {
  return wordsOf(facts.verdict.kind, facts, facts.verdict);
}

function wordsOf<K extends VerdictKind>(kind: K, facts: Facts, verdict: Of<K>): ReturnType<typeof verdictWords> {
  const { sentence, next, reasons } = words[kind];
  return {
    sentence: sentence(facts, verdict),
    next: next(facts, verdict),
    reasons: reasons?.(facts, verdict) ?? [],
  };
}
