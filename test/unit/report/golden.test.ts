// The formats as people see them, kept in test/golden/report. UPDATE_GOLDEN=1 writes them anew: then read the difference.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FormatName, render } from '../../../agent/report/formats/registry.ts';
import { documentOf, neighbours, type Run, runs } from '../../support/documents.ts';

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

// As Math.exp and its kin do between versions of Node.js.
it.each(Object.entries(runs))('a run named %s prints the same where last digits differ', async (_name, run) => {
  const besides: Run = { ...run, goodput: (stubbed) => run.goodput(stubbed) * (1 + 2e-15) };
  expect(besides.goodput([])).not.toBe(run.goodput([]));
  for (const format of kept)
    expect(await render(format, documentOf(besides))).toBe(await render(format, documentOf(run)));
});
