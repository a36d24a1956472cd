// The short form of the rows of `npm run bench -- accuracy` about hosts that break statistics. Few seeds a row: what is right is
// asked of every row, what is seldom wrong of a group.

import { describe, expect, it } from 'vitest';
import { hardRows, runRow } from '../../support/hard-rows.ts';

const seeds = 8;
const groups = [...new Set(hardRows.map(({ group }) => group))];

describe.each(groups)('%s', (group) => {
  const rows = hardRows.filter((row) => row.group === group);
  const found = new Map(rows.map((row) => [row.text, runRow(row, seeds)] as const));

  it.each(rows.filter(({ least }) => least !== undefined))('$text: right in $least %, or nearly', ({ text }) => {
    expect(found.get(text)?.broken, JSON.stringify(found.get(text)?.found)).not.toContain('right');
  });

  it('is seldom wrong', () => {
    const runs = seeds * rows.length;
    const wrong = rows.reduce((total, { text }) => total + seeds * (found.get(text)?.found.wrong ?? NaN), 0);
    const allowed = rows.reduce((total, { mostWrong }) => total + mostWrong / 100, 0) / rows.length;
    expect(wrong).toBeLessThanOrEqual(runs * allowed + 3 * Math.sqrt(runs * allowed * (1 - allowed)));
  });

  it('takes no more slices than it may', () => {
    // The mean of so few runs may be above that of many by a sixth.
    for (const { text, mostSlices = Infinity } of rows) {
      expect(found.get(text)?.found.meanSlices, text).toBeLessThanOrEqual((7 / 6) * mostSlices);
    }
  });
});
