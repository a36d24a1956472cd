// What a run makes of I/O that fails, and that it does what `plan` printed.

import { expect, test } from 'vitest';
import { sliceSchema } from '../../../agent/records/slice.ts';
import { inLab } from '../../support/lab.ts';
import { expectAsPlanned } from '../../support/plan-lines.ts';

test('I/O that fails counts once: as missing, not as taken off what completes', async () => {
  const lab = await inLab(`
preload; inventory before
layerlift plan test/fixtures/profiles/failing.yaml --no-caps --seed 5 --format json >"$LAB_OUT/plan"
layerlift run test/fixtures/profiles/failing.yaml --no-caps --seed 5 --runs /tmp/failing >"$LAB_OUT/failing" 2>&1
cat /tmp/failing/*/slices.ndjson >"$LAB_OUT/slices"
cat /tmp/failing/*/journal.ndjson >"$LAB_OUT/journal"
inventory after
same before after`);
  expect(lab.status, lab.stderr).toBe(0);
  const slices = lab
    .file('slices')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => sliceSchema.parse(JSON.parse(line)));
  const deployed = slices.filter(({ arm }) => arm === 'baseline');
  expect(deployed.length, lab.file('failing')).toBeGreaterThan(2);
  for (const { guests, caveats } of deployed) {
    expect(caveats).toEqual([]);
    for (const { ios, errors, useful } of guests) {
      // One sector in ten is bad, and what fails is not among what completes.
      expect(errors / (ios + errors)).toBeGreaterThan(0.05);
      expect(errors / (ios + errors)).toBeLessThan(0.2);
      expect(useful).toBe(ios);
    }
  }
  const rates = (arm: string) => slices.filter((slice) => slice.arm === arm).map(({ goodput }) => goodput);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  // What fails takes no time of the media: as many I/Os complete as without bad sectors.
  expect(mean(rates('baseline')) / mean(rates('stub-blockstack'))).toBeGreaterThan(0.93);
  expectAsPlanned(lab.file('plan'), lab.file('journal'));
  lab.dispose();
});
