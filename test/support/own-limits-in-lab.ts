// Guests that stand at a limit of their own, on a healthy stack in the lab.

import { expect } from 'vitest';
import { inLab, kernelFaults } from './lab.ts';
import { reportSchema } from '../../agent/report/document/document.ts';

/** `name`: a profile of test/fixtures/profiles; `expected`: what its verdict names. */
export async function expectOwnLimit(name: string, expected: object): Promise<void> {
  const lab = await inLab(`preload; inventory before
layerlift run test/fixtures/profiles/${name}.yaml --no-caps --format json --runs /tmp/runs -q >"$LAB_OUT/${name}" 2>>"$LAB_OUT/err"
inventory after; same before after`);
  const report = reportSchema.parse(JSON.parse(lab.file(name) || `"${lab.file('err')}"`));
  expect(report.verdict, report.sentence).toMatchObject({ kind: 'outside', ...expected });
  expect(report.next).not.toContain('above the stack');
  expect(lab.status, lab.stderr).toBe(0);
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
}
