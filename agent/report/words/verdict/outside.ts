// The words of the verdict "outside".

import { beyondTheStack, changes } from '../beyond-stack.ts';
import type { Of, VerdictWords } from './kind.ts';

export const outside: VerdictWords<'outside'> = {
  sentence: (_, { why }) => `The limit lies outside the stack: ${why}.`,
  next: (_, verdict) => `${wayBeyond(verdict)}, and repeat.`,
};

/** The same with where it is set. */
function wayBeyond({ limit, met }: Of<'outside'>): string {
  // Earlier versions did not say whose limit it is.
  const fallback = limit === 'cpu-max' ? [{ kind: limit, by: 'profile' } as const] : [];
  return changes(met ?? fallback) || beyondTheStack[limit];
}
