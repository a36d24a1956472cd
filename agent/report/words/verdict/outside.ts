// The words of the verdict "outside".

import { beyondTheStack, changes } from '../beyond-stack.ts';
import type { Of, VerdictWords } from './kind.ts';

export const outside: VerdictWords<'outside'> = {
  about: {
    says: 'the limit is not in the stack',
    more: "guests stand at a limit of their own, as deployed and with all stubs in place. Or, with all stubs in place, the host's CPU is full, or the one thread of each fio is",
  },
  sentence: (_, { why }) => `The limit lies outside the stack: ${why}.`,
  next: (_, verdict) => `${wayBeyond(verdict)}, and repeat.`,
};

/** The same with where it is set. */
function wayBeyond({ limit, met }: Of<'outside'>): string {
  // Earlier versions did not say whose limit it is.
  const fallback = limit === 'cpu-max' ? [{ kind: limit, by: 'profile' } as const] : [];
  return changes(met ?? fallback) || beyondTheStack[limit];
}
