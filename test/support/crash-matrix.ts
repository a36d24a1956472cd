// A crash matrix in the lab: death at every kind of step, before it acts and after, and on the way back.

import { execa } from 'execa';
import { expect } from 'vitest';
import { inLab, type LabOptions } from './lab.ts';

/** To be called before the lab boots. */
export async function buildMatrix(): Promise<void> {
  await execa('node', ['scripts/build.mjs', 'crash-matrix']);
}

/** The shell line. `args`: a profile of test/fixtures/profiles, and options of scripts/bench/crash-matrix.ts. */
export const crashMatrix = (args: string): string =>
  `node agent/dist/bench/crash-matrix.js --kinds --profile test/fixtures/profiles/${args}`;

/** `printed`: what that line has printed. */
export function expectAllSurvived(printed: string, args: string): void {
  expect(printed).not.toMatch(/^FAIL/m);
  for (const part of args.includes('--stride 0') ? ['run'] : ['run', 'recovery'])
    expect(printed).toMatch(new RegExp(`^deaths of a ${part} survived / tried, .* ([1-9]\\d*) / \\1$`, 'm'));
}

/** Its last lines: how many deaths, and how soon the host was back unaided. */
export const sumOf = (printed: string): string => printed.split('\n').slice(-4).join('\n');

/** A boot for nothing but the matrix. `setUp`: shell lines before it. */
export async function expectSurvived(args: string, options: LabOptions = {}, setUp = ':'): Promise<void> {
  await buildMatrix();
  const lab = await inLab(`${setUp}\n${crashMatrix(args)}`, options);
  console.info(sumOf(lab.stdout));
  expectAllSurvived(lab.stdout, args);
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  lab.dispose();
}
