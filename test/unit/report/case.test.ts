// What counts as right, wrong and withheld in a case.

import { describe, expect, it } from 'vitest';
import { caseSchema, capsFor } from '../../../agent/profile/case.ts';
import { judgeCase, type Outcome } from '../../../agent/report/case/judge.ts';
import { caseResult, caseResultSchema } from '../../../agent/report/case/result.ts';
import { caseText, casesText } from '../../../agent/report/case/text.ts';
import type { ReportDocument } from '../../../agent/report/schema/schema.ts';
import { documentOf, runs } from '../../support/documents.ts';

const lift = { estimate: 3.9, low: 3.6, high: 4.3 };
const lever = { kind: 'lever', layer: 'ring', lift } as const;
const masked = {
  kind: 'masked',
  layers: ['media', 'ring'],
  lift,
  alternatives: [['media', 'network']],
  minor: [],
  unproven: [],
} as const;
const withheld = { kind: 'inconclusive', why: 'noise', candidates: ['ring'], proven: [] } as const;

const size = { estimate: 67, low: 62, high: 72 };
const cap = { kind: 'cap', size, scope: 'host-wide', load: 0, delay: -1 } as const;
type Rows = NonNullable<ReportDocument['caps']>['rows'];
type Limit = Rows[number]['limit'];

const base = documentOf(runs.lever);

function reportWith(verdict: object, limit?: Limit): ReportDocument {
  const knobs = [{ name: 'can_queue' }];
  const rows = limit ? [{ of: 'ring', limit, binds: true, knobs, suspects: [] }] : [];
  return { ...base, verdict, caps: { delayNs: 1, offered: 1, points: 1, rows } } as unknown as ReportDocument;
}

const expected = (expect: object) => caseSchema.parse({ report: 'https://example.org/1', guilty: 'the ring', expect });
const outcomeOf = (expect: object, report: ReportDocument): Outcome =>
  judgeCase(expected(expect).expect, report).outcome;

describe('the verdict of a case', () => {
  it.each<[string, object, object, Outcome]>([
    ['the layer', { kind: 'lever', layer: 'ring' }, lever, 'right'],
    ['another layer', { kind: 'lever', layer: 'media' }, lever, 'wrong'],
    ['none where there is one', { kind: 'lever', layer: 'ring' }, { kind: 'none' }, 'wrong'],
    ['nothing', { kind: 'lever', layer: 'ring' }, withheld, 'withheld'],
    ['a layer where there is none', { kind: 'none' }, lever, 'wrong'],
    ['none where there is none', { kind: 'none' }, { kind: 'none' }, 'right'],
    ['the set', { kind: 'masked', layers: ['ring', 'media'] }, masked, 'right'],
    ['the set as an alternative', { kind: 'masked', layers: ['network', 'media'] }, masked, 'right'],
    ['another set', { kind: 'masked', layers: ['network', 'ring'] }, masked, 'wrong'],
    ['one of the set', { kind: 'masked', layers: ['media', 'ring'] }, lever, 'wrong'],
    ['the limit outside', { kind: 'outside', limit: 'io-max' }, { kind: 'outside', limit: 'io-max' }, 'right'],
    ['another limit outside', { kind: 'outside', limit: 'io-max' }, { kind: 'outside', limit: 'cpu' }, 'wrong'],
  ])('names %s', (_, verdict, found, outcome) => {
    expect(outcomeOf({ verdict }, reportWith(found))).toBe(outcome);
  });
});

describe('a figure of a case', () => {
  const planted = { figure: 'in-flight', layer: 'ring', planted: 64, scope: 'host-wide', knob: 'can_queue' };
  it.each<[string, object, Limit | undefined, Outcome]>([
    ['is near', planted, cap, 'right'],
    ['is far', { ...planted, planted: 32 }, cap, 'wrong'],
    ['is far, but between the bounds', { ...planted, within: 1 }, cap, 'right'],
    ['is near no bound', { ...planted, planted: 60, within: 5 }, cap, 'wrong'],
    ['is between bounds that say nothing', { ...planted, planted: 20 }, { ...cap, size: { ...size, low: 1 } }, 'wrong'],
    ['has the wrong scope', { ...planted, scope: 'per-guest' }, cap, 'wrong'],
    ['has a scope that is not known', planted, { ...cap, scope: 'unknown' }, 'withheld'],
    ['comes with another knob', { ...planted, knob: 'queue_depth' }, cap, 'wrong'],
    ['was not looked for', planted, undefined, 'withheld'],
    ['is not clear', planted, { kind: 'unclear', why: 'noise' }, 'withheld'],
    ['is denied', planted, { kind: 'open', upTo: 256 }, 'wrong'],
    [
      'is each guest’s',
      { ...planted, scope: 'per-guest', planted: 16 },
      { ...cap, scope: 'per-guest', perGuest: { estimate: 16, low: 15, high: 17 } },
      'right',
    ],
    [
      'is a rate',
      { figure: 'per-second', layer: 'ring', planted: 60 },
      { kind: 'rate', perSecond: size, load: 0, delay: 0 },
      'right',
    ],
  ])('that %s', (_, figure, limit, outcome) => {
    expect(outcomeOf({ figures: [figure] }, reportWith(lever, limit))).toBe(outcome);
  });

  it('of a lift is that of the verdict', () => {
    const of = (value: number): object => ({
      verdict: { kind: 'lever', layer: 'ring' },
      figures: [{ figure: 'lift', planted: value }],
    });
    expect(outcomeOf(of(4), reportWith(lever))).toBe('right');
    expect(outcomeOf(of(8), reportWith(lever))).toBe('wrong');
    expect(outcomeOf(of(4), reportWith(withheld))).toBe('withheld');
  });
});

describe('a case', () => {
  const all = expected({
    verdict: { kind: 'lever', layer: 'ring' },
    figures: [{ figure: 'in-flight', layer: 'ring', planted: 64, scope: 'host-wide' }],
  });

  it('asks for caps only where it expects one, and for a verdict only where it expects one', () => {
    expect(capsFor(all.expect)).toBe(undefined);
    expect(capsFor({ ...all.expect, figures: [] })).toBe(false);
    expect(capsFor({ figures: all.expect.figures })).toBe(true);
  });

  it('is told with what was expected and what was found, and can be read back', () => {
    const result = caseResult('one', all, reportWith(lever, cap));
    expect(caseResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    const text = caseText(result);
    expect(text).toMatch(/^case one: right /);
    expect(text).toMatch(/verdict +ring +ring: 3\.9x/);
    expect(text).toMatch(/in flight in ring, host-wide +64 +67 +right/);
    expect(casesText([{ name: 'one', question: 'who?', providers: [], ...all }])).toMatch(
      /^case +expected +question\none +ring +who\?$/m,
    );
  });
});

describe('a mistake in a case', () => {
  it.each<[object, RegExp]>([
    [{ expect: {} }, /nothing is expected/],
    [{ expect: { figures: [{ figure: 'lift', planted: 2 }] } }, /nothing is expected|a lift needs/],
    [{ expect: { verdict: { kind: 'lever', layer: 'disk' } } }, /expected one of media/],
    [{ expect: { verdict: { kind: 'slow' } } }, /whose `kind` is lever/],
    [{ expect: { verdict: { kind: 'none' }, figures: [{ figure: 'depth', planted: 1 }] } }, /whose `figure` is lift/],
    [{ expect: { verdict: { kind: 'none', layer: 'ring' } } }, /[Uu]nrecognized key/],
    [{ expect: { verdict: { kind: 'none' } }, report: 'http://example.org' }, /https/],
    [{ expect: { verdict: { kind: 'none' } }, note: 1 }, /[Uu]nrecognized key/],
  ])('%j is told', (part, words) => {
    const decoded = caseSchema.safeParse({ report: 'https://example.org/1', guilty: 'x', ...part });
    expect(decoded.success).toBe(false);
    expect(decoded.error?.issues.map(({ message }) => message).join('; ')).toMatch(words);
  });
});
