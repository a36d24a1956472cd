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
    [
      'left-to-others',
      '/sys/x is "77" by now, and this run had made it "1024": somebody else has set it, and it was left so',
    ],
    ['failed-before', 'before that, fio of guest 1 ended'],
    ['rings-charged', "the work of each ring is charged to its guest: the backend's threads are in its cgroup"],
    [
      'rings-not-charged',
      "the work of the ring of guest 2 is charged to nobody: this kernel does not let the backend's threads be moved",
    ],
    [
      'rings-not-charged',
      "the work of the ring of guests 1, 3 is charged to nobody: this kernel does not let the backend's threads be moved",
    ],
    [
      'watchdog-inside',
      'the watchdog was in the cgroup of the agent: had that been killed as a whole, only `layerlift recover` would have restored the host',
    ],
    ['caps-left-out', 'caps were not looked for: a cold run raises no delay'],
    ['caps-left-out', 'caps were not looked for: the load checks its data, and a delay keeps none'],
    ['caps-left-out', 'caps were not looked for: the media cannot be replaced by a delay from here'],
    ['caps-left-out', 'caps were not looked for: too little of the budget was left'],
    ['note', 'a doubt'],
  ])('%s: a sentence on record is read as data and reported in the same words', (kind, sentence) => {
    const caveat = runCaveatSchema.parse(sentence);
    expect(caveat.kind).toBe(kind);
    expect(runCaveatWords(caveat)).toBe(sentence);
    expect(runCaveatSchema.parse(JSON.parse(JSON.stringify(caveat)))).toEqual(caveat);
  });

  it('that an earlier version kept as a sentence inside of a note is read as data too', () => {
    const text = '/sys/x is "a b" by now, and this run had made it "": somebody else has set it, and it was left so';
    expect(runCaveatSchema.parse({ kind: 'note', text })).toEqual({
      ...{ kind: 'left-to-others', path: '/sys/x', made: '', found: 'a b' },
    });
    expect(runCaveatSchema.parse({ kind: 'note', text: 'a doubt' })).toEqual({ kind: 'note', text: 'a doubt' });
  });

  it.each([{ kind: 'unheard-of' }, { kind: 'cpu-full' }, 7])('%j is refused', (bad) => {
    expect(runCaveatSchema.safeParse(bad).success).toBe(false);
  });
});
