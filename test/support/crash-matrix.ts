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
  await expectEachSurvived([args], options, setUp);
}

/** Several matrices in one boot, one after the other. */
export async function expectEachSurvived(all: readonly string[], options: LabOptions = {}, setUp = ':'): Promise<void> {
  await buildMatrix();
  const lines = all.map((args, i) => `${crashMatrix(args)} >"$LAB_OUT/matrix.${i}" || failed=1`);
  const lab = await inLab(`${setUp}\n${lines.join('\n')}\nexit $failed`, options);
  for (const [i, args] of all.entries()) {
    console.info(sumOf(lab.file(`matrix.${i}`)));
    expectAllSurvived(lab.file(`matrix.${i}`), args);
  }
  expect(lab.status, lab.stderr).toBe(0);
  lab.dispose();
}

/**
 * Together a death at each kind of step on Linux 6.1: each struck in the smallest run that takes it, and the way back of all layers.
 * `only`: see scripts/bench/crash-matrix.ts.
 */
export const matricesOfStock = [
  { profile: 'crash-kinds', only: 'netns|exec|nvme-connect|(?<!brought.)module', more: '--stride 6' },
  { profile: 'crash-thin', only: 'dm-message|brought', more: '--stride 0 --unaided 1' },
  { profile: 'small', only: '^(?!.*(netns|exec|nvme-connect|dm-message|module))', more: '--stride 0' },
] as const;

/** What `crashMatrix` takes of these. `part`: which of how many equal parts of the deaths, as 1/2; the way back is in each. */
export const linesOfStock = (part: string): readonly string[] =>
  matricesOfStock.map(({ profile, only, more }) => `${profile}.yaml ${more} --part ${part} --only '${only}'`);
