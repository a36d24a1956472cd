// Each table and list of a report is explained in agent/docs/report.md.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sectionsOf } from '../../../agent/report/sections/sections.ts';
import { documentOf, neighbours, runs } from '../../support/documents.ts';

const page = readFileSync(new URL('../../../agent/docs/report.md', import.meta.url), 'utf8');

/** Without units in brackets and without what depends on the run. */
const wordsOf = (title: string): string => title.replace(/ \(.*\)$/, '').replace(/ to \d.*$/, '');

const titles = new Set(
  [...Object.values(runs), neighbours].flatMap((run) => sectionsOf(documentOf(run)).map(({ title }) => title)),
);

it.each([...titles])('the page on reports explains "%s"', (title) => {
  expect(page).toContain(`_${wordsOf(title)}_`);
});
