// Death at every kind of step, before it acts and after, and in every step of the way back; then the host is as found.
// `npm run bench -- safety` tries all states of a run.

import { expect, test } from 'vitest';
import { inLab, type LabOptions } from '../support/lab.ts';

const matrix = 'node scripts/bench/crash-matrix.mjs --kinds --profile test/fixtures/profiles';
const cases: readonly (LabOptions & { readonly where: string; readonly args: string })[] = [
  { where: 'on Linux 6.1', args: 'crash.yaml --stride 6' },
  {
    where: 'with a virtio ring on Linux 6.12',
    kernel: '6.12',
    args: "crash-vduse.yaml --stride 8 --unaided 4 --only 'vduse|spawn|exec|dm-swap'",
  },
  {
    where: "with Xen's own ring",
    xen: true,
    args: "crash-xen.yaml --stride 8 --unaided 4 --only 'xen|module|dm-swap'",
  },
];

test.each(cases)('survived $where', async ({ args, ...options }) => {
  const lab = await inLab(`${matrix}/${args}`, options);
  expect(lab.stdout).not.toMatch(/^FAIL/m);
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  for (const part of ['run', 'recovery'])
    expect(lab.stdout).toMatch(new RegExp(`^deaths of a ${part} survived / tried, .* ([1-9]\\d*) / \\1$`, 'm'));
  lab.dispose();
});
