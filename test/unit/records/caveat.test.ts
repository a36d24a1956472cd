import { describe, expect, it } from 'vitest';
import { sliceCaveatSchema } from '../../../agent/records/caveat.ts';
import { sliceCaveatWords } from '../../../agent/report/words/caveat.ts';

describe('a caveat of a slice', () => {
  it.each([
    ['no-io', 'no I/O completed in this slice'],
    ['no-junction-counters', 'the junctions gave no counters to check fio by'],
    ['counts-disagree', 'fio and the junctions disagree by 4.8 % on the bytes moved'],
    ['counts-disagree', 'fio and the junctions disagree by 100.0 % on the bytes moved'],
    [
      'none-in-objective',
      'no I/O was within its objective: goodput is taken as half an I/O in the whole slice, lifts are rough',
    ],
    ['still-settling', 'goodput was still settling 1.2s after the switch, and measured from 500ms on'],
    ['recorded', 'a doubt of 3 % that no version knows'],
  ])('%s: a sentence on record is read as data and reported in the same words', (kind, sentence) => {
    const caveat = sliceCaveatSchema.parse(sentence);
    expect(caveat.kind).toBe(kind);
    expect(sliceCaveatWords(caveat)).toBe(sentence);
    expect(sliceCaveatSchema.parse(JSON.parse(JSON.stringify(caveat)))).toEqual(caveat);
  });

  it.each([{ kind: 'unheard-of' }, { kind: 'counts-disagree' }, 7])('%j is refused', (bad) => {
    expect(sliceCaveatSchema.safeParse(bad).success).toBe(false);
  });
});
