// The words of the verdict "not-asked".

import { capHeadline, nextForCaps } from '../caps.ts';
import { remedyOf } from '../cut-short.ts';
import type { VerdictWords } from './kind.ts';

export const notAsked: VerdictWords<'not-asked'> = {
  about: undefined,
  sentence: ({ cutShort, caps }) =>
    cutShort && !caps ? `Cannot tell yet: the run was cut short: ${cutShort.why}.` : capHeadline(caps),
  next: (facts) => (facts.caps ? nextForCaps(facts.caps) : `${remedyOf(facts) ?? 'look at the caveats below'}.`),
};
