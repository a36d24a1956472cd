// The words of one kind of verdict.

import type { Facts } from '../facts.ts';

export type VerdictKind = Facts['verdict']['kind'];
export type Of<K extends VerdictKind> = Extract<Facts['verdict'], { kind: K }>;

export interface VerdictWords<K extends VerdictKind> {
  /** The meaning in one line of Markdown without its full stop; `more`: how it is told. */
  readonly about: K extends 'not-asked' ? undefined : { readonly says: string; readonly more: string };
  readonly sentence: (facts: Facts, verdict: Of<K>) => string;
  /** To follow "Next: ". */
  readonly next: (facts: Facts, verdict: Of<K>) => string;
  /** Reasons that this kind adds; left out: none. */
  readonly reasons?: (facts: Facts, verdict: Of<K>) => readonly string[];
}
