// The runs in which CI dies at each kind of step have all kinds of the run in which the bench dies at each step.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { matricesOfStock } from '../../support/crash-matrix.ts';
import { raiseOnPaper } from '../../support/dry-stack.ts';

async function kindsOf(name: string): Promise<readonly string[]> {
  const text = readFileSync(new URL(`../../fixtures/profiles/${name}.yaml`, import.meta.url), 'utf8');
  const [, stack = ''] = text.split('\nstack:\n');
  const lines = stack.split('\n').map((line) => line.slice(2));
  const { steps } = await raiseOnPaper({ stack: lines, guests: 1 });
  return [...new Set(steps.map(({ kind }) => kind))];
}

it('each kind is struck in one of them', async () => {
  const struck = await Promise.all(
    matricesOfStock.map(async ({ profile, only }) =>
      (await kindsOf(profile)).filter((kind) => new RegExp(only).test(`intent ${kind}, written`)),
    ),
  );
  const all = [...(await kindsOf('crash')), ...(await kindsOf('crash-thin'))];
  expect(new Set(struck.flat())).toEqual(new Set(all));
});
