// The formats as people see them, kept in test/golden/report. UPDATE_GOLDEN=1 writes them anew: then read the difference.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FormatName, render } from '../../../agent/report/formats/registry.ts';
import { documentOf, neighbours, runs } from '../../support/documents.ts';

const folder = new URL('../../golden/report/', import.meta.url);
const kept: readonly FormatName[] = ['text', 'md', 'html', 'json'];

describe.each(Object.entries({ ...runs, neighbours }))('the report of a run that ends as %s', (name, run) => {
  it.each(kept)('prints as %s what is kept', async (format) => {
    const file = new URL(`${name}.${format === 'text' ? 'txt' : format}`, folder);
    const printed = await render(format, documentOf(run));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, printed);
    }
    expect(printed).toBe(readFileSync(file, 'utf8'));
  });
});

it.each(Object.entries(runs))('the run named %s ends so', (name, run) => {
  expect(documentOf(run).verdict.kind).toBe(name);
});
