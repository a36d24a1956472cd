import { describe, expect, it } from 'vitest';
import { runCaveatSchema } from '../../../agent/records/run-caveat.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';

describe('a caveat of a run', () => {
  it.each([
    ['others-unseen', 'no other cgroup has pressure figures: that nobody suffers cannot be seen'],
    [
      'tenant-waited',
      'machine.slice/a b.scope waited for io 75 % of 6 s, 5 % is usual: it did not come and go with the guests, so the run went on',
    ],
    ['cpu-full', 'the CPU was full in 1 slice with stubs: more CPU might have lifted further'],
    ['cpu-full', 'the CPU was full in 12 slices with stubs: more CPU might have lifted further'],
    ['steal', 'a hypervisor above took up to 12 % of the CPU away'],
    [
      'xen-ring-full',
      'a Xen ring was full in 2 slices of the baseline: its backend ran out of requests up to 340 times a second',
    ],
    ['failed-before', 'before that, fio of guest 1 ended'],
    ['note', "the work of each ring is charged to its guest: the backend's threads are in its cgroup"],
  ])('%s: a sentence on record is read as data and reported in the same words', (kind, sentence) => {
    const caveat = runCaveatSchema.parse(sentence);
    expect(caveat.kind).toBe(kind);
    expect(runCaveatWords(caveat)).toBe(sentence);
    expect(runCaveatSchema.parse(JSON.parse(JSON.stringify(caveat)))).toEqual(caveat);
  });

  it.each([{ kind: 'unheard-of' }, { kind: 'cpu-full' }, 7])('%j is refused', (bad) => {
    expect(runCaveatSchema.safeParse(bad).success).toBe(false);
  });
});
