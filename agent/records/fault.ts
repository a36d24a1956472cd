// Why a slice is void as its record holds it. Records of earlier versions hold a sentence for each fault, joined by "; ".

import * as z from 'zod';
import { type Fault, faultSchema } from '../lib/fault.ts';

/** The sentences that earlier versions wrote. */
const sentences: readonly { pattern: RegExp; read: (first: string, second: string) => Fault }[] = [
  {
    pattern: /^a guest was measured for (\d+\.\d) s in place of (\d+\.\d) s$/,
    read: (elapsed, asked) => ({ kind: 'late', elapsedMs: ms(elapsed), measureMs: ms(asked) }),
  },
  {
    pattern: /^the agent came (\d+\.\d) s late to the end of the slice$/,
    read: (late) => ({ kind: 'starved-agent', lateMs: ms(late) }),
  },
  {
    pattern: /^the clocks of the host parted by (\d+\.\d) s: it was moved or suspended, or its time was set$/,
    read: (drift) => ({ kind: 'moved-host', driftMs: ms(drift) }),
  },
  {
    pattern: /^a guest was held back by its cpu\.max for (\d+) % of the time$/,
    read: (percent) => ({ kind: 'throttled', percent: Number(percent) }),
  },
  {
    pattern:
      /^programs that are not of this run used (-?\d+) % of the CPU(?: in it, and (\d+) % in the slices around it)?$/,
    read: (percent, level) => ({ kind: 'foreign-cpu', ...share(percent, level) }),
  },
  {
    pattern: /^a hypervisor above took (-?\d+) % of the CPU away(?: in it, and (\d+) % in the slices around it)?$/,
    read: (percent, level) => ({ kind: 'steal', ...share(percent, level) }),
  },
  { pattern: /^no I\/O completed$/, read: () => ({ kind: 'no-io' }) },
  {
    pattern: /^the guests were paused, as another tenant of the host had to wait$/,
    read: () => ({ kind: 'paused' }),
  },
  {
    pattern: /^(fio of guest \d+ gave no snapshot within .+)$/,
    read: (failure) => ({ kind: 'no-answer', failure }),
  },
];

/** Why a slice does not count; null if it does. Of this version or of one that wrote sentences. */
export const voidedSchema = z
  .union([z.string().transform(fromSentences), z.array(faultSchema).min(1)])
  .nullable()
  .default(null);

/** A text of which any part is unknown stays whole. */
function fromSentences(text: string): Fault[] {
  const known = text.split('; ').flatMap((sentence) => fromSentence(sentence) ?? []);
  return known.length === text.split('; ').length ? known : [{ kind: 'recorded', text }];
}

function fromSentence(text: string): Fault | undefined {
  for (const { pattern, read } of sentences) {
    const found = pattern.exec(text);
    if (found) return read(found[1] ?? '', found[2] ?? '');
  }
  return undefined;
}

function ms(seconds: string): number {
  return Math.round(Number(seconds) * 1000);
}

function share(percent: string, level: string): { percent: number; levelPercent?: number } {
  return { percent: Number(percent), ...(level === '' ? {} : { levelPercent: Number(level) }) };
}
