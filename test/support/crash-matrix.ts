// A crash matrix in the lab: death at every kind of step, before it acts and after, and on the way back.

import { execa } from 'execa';
import { expect } from 'vitest';
import { inLab, type LabOptions } from './lab.ts';

/** `args`: a profile of test/fixtures/profiles, and options of scripts/bench/crash-matrix.ts. */
export async function expectSurvived(args: string, options: LabOptions = {}): Promise<void> {
  await execa('node', ['scripts/build.mjs', 'crash-matrix']);
  const lab = await inLab(
    `node agent/dist/bench/crash-matrix.js --kinds --profile test/fixtures/profiles/${args}`,
    options,
  );
  expect(lab.stdout).not.toMatch(/^FAIL/m);
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  for (const part of args.includes('--stride 0') ? ['run'] : ['run', 'recovery'])
    expect(lab.stdout).toMatch(new RegExp(`^deaths of a ${part} survived / tried, .* ([1-9]\\d*) / \\1$`, 'm'));
  lab.dispose();
}
