// What programs that read our JSON rely on: within a version fields are added, and never go or change their type.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { discoveredJsonSchema } from '../../../agent/discover/document.ts';
import { observedJsonSchema } from '../../../agent/observe/document.ts';
import { reportJsonSchema, reportSchema } from '../../../agent/report/document/document.ts';
import { brokenPromises, fieldsOf, linesOf, readLines } from '../../support/schema-fields.ts';

const fixtures = new URL('../../fixtures/', import.meta.url).pathname;

/** The fields of each published version of a document. A release writes those of its versions: `FREEZE=1`. */
const published = [
  ['report-1', reportJsonSchema],
  ['discovered-1', discoveredJsonSchema],
  ['observed-2', observedJsonSchema],
] as const;

describe.each(published)('%s', (name, schema) => {
  const file = `${fixtures}published/${name}.txt`;

  it('keeps every field that was published, with its type', () => {
    const now = fieldsOf(schema());
    if (process.env['FREEZE']) writeFileSync(file, `${linesOf(now).join('\n')}\n`);
    const before = readLines(readFileSync(file, 'utf8'));
    expect(before.size).toBeGreaterThan(20);
    expect(brokenPromises(before, now)).toEqual([]);
  });

  it('lets fields pass that it does not know, as a later program may add some', () => {
    expect(JSON.stringify(schema())).not.toContain('"additionalProperties":false');
  });

  it('has its version in its name', () => {
    const version = (schema().properties ?? {})['version'];
    expect(version).toMatchObject({ const: Number(name.split('-')[1]) });
  });
});

describe('a promise is broken by', () => {
  const text = 'a: integer, always\na.b: null | number\nc[]: string, always';
  const promises = (now: string): readonly string[] => brokenPromises(readLines(text), readLines(now));

  it.each([
    ['a field that is gone', 'a: integer, always\nc[]: string, always', ['a.b is gone']],
    ['a field that may be left out', text.replace('integer, always', 'integer'), ['a may be left out']],
    ['another type', text.replace('string', 'null | string'), ['c[] may be null']],
  ])('%s', (_, now, broken) => expect(promises(now)).toEqual(broken));

  it.each([
    ['a new field', `${text}\nd: string`],
    ['a narrower type', text.replace('null | number', 'integer')],
    ['a field that is always there now', text.replace('null | number', 'null | number, always')],
  ])('and not by %s', (_, now) => expect(promises(now)).toEqual([]));
});

it('a report of the version before is one of today, and nothing in it is unknown', () => {
  const report: unknown = JSON.parse(readFileSync(`${fixtures}recorded/demo/report.json`, 'utf8'));
  expect(reportSchema.parse(report)).toEqual(report);
});
