// The words of one kind of verdict.

import type { Facts } from '../facts.ts';

export type VerdictKind = Facts['verdict']['kind'];
export type Of<K extends VerdictKind> = Extract<Facts['verdict'], { kind: K }>;

export interface VerdictWords<K extends VerdictKind> {
  /** What it means, in Markdown of one line without the full stop at its end; `more`: how it is told. */
  readonly about: K extends 'not-asked' ? undefined : { readonly says: string; readonly more: string };
  readonly sentence: (facts: Facts, verdict: Of<K>) => string;
  /** To follow "Next: ". */
  readonly next: (facts: Facts, verdict: Of<K>) => string;
  /** Reasons that this kind adds; left out: none. */
  readonly reasons?: (facts: Facts, verdict: Of<K>) => readonly string[];
}
