// The words of the verdict "inconclusive".

import { remedyOf } from '../cut-short.ts';
import type { Facts } from '../facts.ts';
import { renderList } from '../figures.ts';
import { moreTime } from '../more-time.ts';
import { nextKnob } from '../next-knob.ts';
import type { Of, VerdictWords } from './kind.ts';

export const inconclusive: VerdictWords<'inconclusive'> = {
  about: {
    says: 'cannot tell yet; says why, what is in question, and what time would buy',
    more: 'the report names the layers that are still in question and how much longer a run would have to be. Nothing of it is a claim',
  },
  sentence: inconclusiveSentence,
  next: (facts, verdict) =>
    nextKnob(facts) ?? `${(facts.decided ? undefined : remedyOf(facts)) ?? moreTime(facts, verdict)}.`,
};

function inconclusiveSentence({ decided, cutShort }: Facts, { why, candidates, proven }: Of<'inconclusive'>): string {
  const reason = decided || cutShort ? why : 'the run ended before a verdict';
  const left = candidates.length > 0 ? `; still in question: ${renderList(candidates)}` : '';
  const sure = proven.length > 0 ? `; proven to lift: ${renderList(proven)}` : '';
  return `Cannot tell yet: ${reason}${left}${sure}.`;
}
