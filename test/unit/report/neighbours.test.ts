import { describe, expect, it } from 'vitest';
import type { NeighboursFindings } from '../../../agent/analysis/neighbours/findings.ts';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { neighboursTables } from '../../../agent/report/sections/neighbours.ts';
import { neighboursInWords } from '../../../agent/report/words/in-document.ts';
import { neighboursSentences } from '../../../agent/report/words/neighbours.ts';
import { render } from '../../../agent/report/formats/registry.ts';
import { documentOf, neighbours, noisyNeighbour, runs } from '../../support/documents.ts';

const text = (findings: NeighboursFindings): string => neighboursSentences(neighboursInWords(findings)).join('\n');

describe('what the guests do to one another', () => {
  it('names the noisy neighbour with what it costs', () => {
    expect(text(noisyNeighbour)).toMatch(/^guest 3 costs the others 24 % \(at least 19 %\): /);
    const more = { ...noisyNeighbour, neighbour: { ...noisyNeighbour.neighbour, also: [1, 4] } };
    expect(text(more)).toContain('further noisy guests: 1 and 4');
  });

  it('never tells the fairness without the slowdown', () => {
    expect(text(noisyNeighbour)).toMatch(/slowed 4\.9x in the mean, guest 1 most, 5\.3x; .*fairness 0\.98/);
  });

  it('says when nobody is slowed, and over whom it speaks', () => {
    const summary = { ...noisyNeighbour.summary, guests: 3, throughput: 2.97 };
    const sentence = text({ ...noisyNeighbour, summary });
    expect(sentence).toContain('together they do what they do alone');
    expect(sentence).toContain('over the 3 guests that were measured alone');
  });

  it.each<[string, NeighboursFindings, RegExp]>([
    ['one guest', { kind: 'single' }, /^there is one guest/],
    [
      'no neighbour',
      { ...noisyNeighbour, neighbour: { kind: 'none', bound: 0.031 } },
      /^no guest is a noisy neighbour: none costs the others more than 3\.1 %/,
    ],
    [
      'no certainty',
      { ...noisyNeighbour, summary: null, neighbour: { kind: 'inconclusive', why: { kind: 'too-few-slices' } } },
      /^cannot tell whether one guest is a noisy neighbour: too few slices to tell signal from noise\n4 guests do 20 % of 4 times/,
    ],
  ])('says so where there is %s', (_, findings, words) => {
    expect(text(findings)).toMatch(words);
  });

  it('leaves out of the table guests that were not measured alone, and draws gaps', () => {
    const guests = [
      { guest: 1, alone: 52_000, together: 9_800, slowdown: null },
      { guest: 2, alone: null, together: 9_800, slowdown: null },
    ];
    const [table] = neighboursTables({ ...noisyNeighbour, guests });
    expect(table?.rows).toEqual([['1', '52,000', '9,800', '-']]);
  });
});

describe('a report', () => {
  it('has it in its document, which fits its schema', () => {
    const report = documentOf(neighbours);
    expect(reportSchema.parse(report).interference).toEqual(noisyNeighbour);
    expect(report.why.join('\n')).toContain('guest 3 costs the others');
  });

  it('has it as one record of ndjson', () => {
    const types = render('ndjson', documentOf(neighbours)).match(/"type":"interference"/g);
    expect(types).toHaveLength(1);
  });

  it('without it says nothing of it', () => {
    expect(documentOf(runs.none).interference).toBeNull();
    expect(render('text', documentOf(runs.none))).not.toMatch(/noisy|slowdown/);
  });
});
