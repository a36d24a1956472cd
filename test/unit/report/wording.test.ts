import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../agent/analysis/verdict/verdict.ts';
import { buildDocument, type ReportDocument } from '../../../agent/report/document/document.ts';
import type { Facts } from '../../../agent/report/words/facts.ts';
import { verdictInWords } from '../../../agent/report/words/in-document.ts';
import { wordingOf } from '../../../agent/report/words/wording.ts';
import { documentOf, inputOf, runs } from '../../support/documents.ts';
import { verdicts } from '../../support/verdicts.ts';

const base = documentOf(runs.lever);

function wordsFor(verdict: Verdict, changes: Partial<Facts> = {}): Pick<ReportDocument, 'sentence' | 'next' | 'why'> {
  return wordingOf({ ...base, verdict: verdictInWords(verdict), ...changes });
}

describe('the daemon behind a ring', () => {
  const daemon = { cpuPercent: 190, threadPercent: 97, threadReadyPercent: 99 };
  const full = /^the I\/O thread of the daemon behind a ring is full as deployed: busy 99 % of the time/;
  it.each([
    ['a thread without time left', daemon, 'busy 99 % of the time; a deeper'],
    [
      'one that waits for a CPU',
      { ...daemon, threadPercent: 40 },
      'busy 99 % of the time, of which it waits 59 % for a CPU;',
    ],
  ])('is a reason: %s', (_, ringDaemon, words) => {
    expect(wordsFor(verdicts.lever, { ringDaemon }).why).toContainEqual(expect.stringMatching(full));
    expect(wordsFor(verdicts.lever, { ringDaemon }).why).toContainEqual(expect.stringContaining(words));
  });

  it('is none where its threads have time left, or nobody measured it', () => {
    const idle = { ...daemon, threadReadyPercent: 94 };
    for (const changes of [{ ringDaemon: idle }, {}])
      expect(wordsFor(verdicts.lever, changes).why).not.toContainEqual(expect.stringMatching(full));
  });
});

describe('the sentence of a verdict', () => {
  it.each<[string, Verdict, string]>([
    [
      'a lever from two times on',
      verdicts.lever,
      'network holds this host back: with it stubbed, goodput rises 3.9x (at least 3.6x).',
    ],
    [
      'a lever below two times',
      verdicts.smallLever,
      'blockstack holds this host back: with it stubbed, goodput rises by 20 % (at least 9.5 %).',
    ],
    [
      'a tie',
      verdicts.tie,
      'network and ring hold this host back alike: with any one of them stubbed, goodput rises by 34 % (at least 28 %).',
    ],
    [
      'a masked set',
      verdicts.masked,
      'media and network hide one another: with all of them stubbed, goodput rises 3.1x (at least 2.8x), more than they lift one by one.',
    ],
    [
      'a masked set of which no layer lifts by itself',
      { ...verdicts.masked, minor: [] },
      'media and network hide one another: only with all of them stubbed, goodput rises 3.1x (at least 2.8x).',
    ],
    [
      'none',
      verdicts.none,
      'No layer of this stack holds the host back: stubbing any or all of them lifts goodput by less than 5 % (at most 2.1 %).',
    ],
    [
      'outside',
      verdicts.outside,
      "The limit lies outside the stack: with every layer stubbed, the one thread of each guest's fio uses its whole CPU.",
    ],
    [
      'inconclusive',
      verdicts.inconclusive,
      'Cannot tell yet: several layers remain within the noise; still in question: media and network; proven to lift: network.',
    ],
  ])('says %s', (_, verdict, sentence) => {
    expect(wordsFor(verdict).sentence).toBe(sentence);
  });

  it('speaks only of the layers that were stubbed', () => {
    const { sentence, next, why } = wordsFor({ ...verdicts.none, untested: ['media'] });
    expect(sentence).toContain('None of network and blockstack holds the host back');
    expect(next).toContain('at media, which could not be stubbed alone');
    expect(why).toContain('media was never stubbed: nothing is said of it');
  });

  it('says of a bound below "no change" that nothing is gained', () => {
    expect(wordsFor({ ...verdicts.none, bound: 0.97 }).sentence).toContain('(at most 0 %)');
  });

  it.each([
    ['cpu-max', "raise the guests' cpu.max"],
    ['thread', 'drive more guests'],
    ['cpu', 'give the host more CPU'],
  ] as const)('says what to do about a limit outside of the kind %s', (limit, next) => {
    expect(wordsFor({ ...verdicts.outside, limit }).next).toContain(next);
  });

  it('does not ask a disturbed run for more of the same', () => {
    const { next } = wordsFor({ ...verdicts.inconclusive, moreBlocks: 5, disturbed: true });
    expect(next).toBe('Next: keep the host to this run alone while it measures, and repeat.');
  });

  it('says that the run ended early when the engine had asked for more', () => {
    expect(wordsFor(verdicts.inconclusive, { decided: false }).sentence).toContain('the run ended before a verdict');
  });
});

describe('why', () => {
  it('names what was replaced by what for the layer that is blamed', () => {
    expect(wordsFor(verdicts.lever).why[0]).toMatch(
      /^in network, nvme-tcp-netns \(.+\) was replaced by nvme-tcp-loopback \(.+\)$/,
    );
  });

  it('names interchangeable fixes, first rungs and layers that may not matter', () => {
    const why = wordsFor(verdicts.masked).why.join('\n');
    expect(why).toContain('stubbing media and ring together does as well');
    expect(why).toContain('media lifts on its own as well: goodput rises by 12 % (at least 4 %)');
    expect(why).toContain('network may not matter');
  });

  it('never says of a layer with a proven lift of its own that it lifts only with others, or gains little', () => {
    const { sentence, next, why } = wordsFor(verdicts.masked);
    expect([sentence, next, ...why].join('\n')).not.toMatch(/\bonly\b|gains little|a little/);
    expect(next).toContain('a fix of media helps by itself');
    expect(wordsFor({ ...verdicts.masked, minor: [] }).next).toContain('one alone gains little');
  });

  it('says in the first sentence when the noise forbade the bound that was asked for', () => {
    expect(wordsFor({ ...verdicts.none, widened: true, bound: 1.14, delta: 1.2 }).sentence).toMatch(
      /but lifts below 14 % cannot be excluded: the noise is too high for the 5 % that was asked for\.$/,
    );
    expect(wordsFor({ ...verdicts.none, widened: true }).why[0]).toContain('too high to exclude a lift of 5 %');
  });

  it('says when a stub slows the stack', () => {
    const slows = [{ layer: 'ring' as const, lift: { estimate: 0.8, low: 0.75, high: 0.9 } }];
    expect(wordsFor(verdicts.lever, { slows }).why.join('\n')).toContain('falls by 20 % (at least 10 %)');
  });

  it('names both ways out where a cap on I/Os in flight is likely', () => {
    expect(wordsFor(verdicts.lever, { composition: 'hidden' }).why.at(-1)).toContain('a cap on I/Os in flight');
  });
});

describe('an objective', () => {
  const objective = { guests: 2, lowestNs: 20e6, highestNs: 20e6, attainment: 0.93 };

  it.each<[string, typeof objective, string]>([
    ['of all guests', objective, 'goodput counts only I/O within 20 ms; 93 % attain it as deployed'],
    [
      'of some',
      { ...objective, guests: 1 },
      'goodput counts only I/O within 20 ms for 1 of 2 guests; 93 % attain it as deployed',
    ],
    [
      'that differs',
      { ...objective, lowestNs: 5e6 },
      "goodput counts only I/O within each guest's objective of 5 ms to 20 ms; 93 % attain it as deployed",
    ],
  ])('%s is told with how far it is attained', (_, some, sentence) => {
    expect(wordsFor(verdicts.lever, { objective: some }).why).toContain(sentence);
  });
});

describe('what to do next', () => {
  it('says what more blocks cost in all', () => {
    const { next } = wordsFor({ ...verdicts.inconclusive, moreBlocks: 2 });
    expect(next).toBe(
      'Next: repeat with room for 2 more blocks (24 slices, about 108 s in all), which should settle it.',
    );
  });

  it('says what this noise allows when no number of blocks is promised', () => {
    expect(wordsFor(verdicts.inconclusive).next).toMatch(
      /slices scatter by .+ %; at that noise a lift of .+ % shows after/,
    );
  });

  it('says so when too little was measured to promise anything', () => {
    expect(wordsFor(verdicts.inconclusive, { outlook: null, sigma: null }).next).toContain('too few slices');
  });
});

describe('the role of a layer', () => {
  it('in a set that hides itself is that of one among several, whatever its stub alone seems to do', () => {
    const input = inputOf(runs.lever);
    const { layers } = buildDocument({ ...input, analysis: { ...input.analysis, verdict: verdicts.masked } });
    expect(layers.map(({ layer, involvement }) => [layer, involvement])).toEqual([
      ['media', 'co-bottleneck'],
      ['network', 'co-bottleneck'],
      ['blockstack', documentOf(runs.lever).layers[2]?.involvement],
    ]);
  });
});
