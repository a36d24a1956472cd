// Guests that stand at a limit of their own, on a healthy stack: named, with its value and whose it is.

import { expect, test } from 'vitest';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { inLab, kernelFaults } from '../../support/lab.ts';

const runs = {
  'own-io-max': { limit: 'io-max', met: [{ value: 'riops=120', by: 'profile', guests: [1, 2, 3] }] },
  'own-rate': { limit: 'rate-iops', met: [{ value: 'rate_iops=80', by: 'job', guests: [1, 2, 3] }] },
};

test('io.max and the rate of a job file are the verdict where nothing else holds the guests back', async () => {
  const names = Object.keys(runs);
  const lab = await inLab(`preload; inventory before
${names.map((name) => `layerlift run test/fixtures/profiles/${name}.yaml --no-caps --format json --runs /tmp/runs -q >"$LAB_OUT/${name}" 2>>"$LAB_OUT/err"`).join('\n')}
inventory after; same before after`);
  for (const [name, expected] of Object.entries(runs)) {
    const report = reportSchema.parse(JSON.parse(lab.file(name) || `"${lab.file('err')}"`));
    expect(report.verdict, report.sentence).toMatchObject({ kind: 'outside', ...expected });
    expect(report.next).not.toContain('above the stack');
  }
  expect(lab.status, lab.stderr).toBe(0);
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
