// The words of one kind of verdict.

import type { Facts } from '../facts.ts';

export type VerdictKind = Facts['verdict']['kind'];
export type Of<K extends VerdictKind> = Extract<Facts['verdict'], { kind: K }>;

export interface VerdictWords<K extends VerdictKind> {
  readonly sentence: (facts: Facts, verdict: Of<K>) => string;
  /** To follow "Next: ". */
  readonly next: (facts: Facts, verdict: Of<K>) => string;
  /** Reasons that this kind adds; left out: none. */
  readonly reasons?: (facts: Facts, verdict: Of<K>) => readonly string[];
}
