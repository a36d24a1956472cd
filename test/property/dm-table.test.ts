import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTable, renderTable, tableSectors } from '../../agent/host/dm/table.ts';

const word = fc.stringMatching(/^[\w/:.,=-]{1,12}$/);
const target = fc.record({
  length: fc.integer({ min: 1, max: 2 ** 40 }),
  type: fc.stringMatching(/^[a-z][a-z_-]{0,14}$/),
  params: fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
});
const table = fc.array(target, { minLength: 1, maxLength: 6 }).map((targets) => {
  let start = 0;
  return targets.map((one) => {
    const placed = { start, ...one };
    start += one.length;
    return placed;
  });
});

it('a table is the same after it was printed and read', () => {
  fc.assert(
    fc.property(table, (one) => {
      expect(parseTable(renderTable(one))).toEqual(one);
    }),
    { seed: 31, numRuns: 300 },
  );
});

it('whatever is read as a table has no gap and prints as a table of the same length', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('0', '8', '16', ' ', '\n', 'linear', 'x', '-', '/dev/a'), { maxLength: 30 })
      .map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (one) => {
      const read = parseTable(one);
      if (read) expect(parseTable(renderTable(read))).toEqual(read);
      for (const [i, { start }] of (read ?? []).entries()) expect(start).toBe(tableSectors((read ?? []).slice(0, i)));
    }),
    { seed: 32, numRuns: 500 },
  );
});
