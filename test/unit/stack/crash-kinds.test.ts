// The run in which CI dies at each kind of step has all kinds of the run in which the bench dies at each step.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { raiseOnPaper } from '../../support/dry-stack.ts';

async function stepsOf(name: string): Promise<readonly string[]> {
  const text = readFileSync(new URL(`../../fixtures/profiles/${name}.yaml`, import.meta.url), 'utf8');
  const [, stack = ''] = text.split('\nstack:\n');
  const lines = stack.split('\n').map((line) => line.slice(2));
  const { steps } = await raiseOnPaper({ stack: lines, guests: 1 });
  return steps.map(({ kind }) => kind);
}

it('a run with fewer steps has steps of the same kinds', async () => {
  const [all, some] = [await stepsOf('crash'), await stepsOf('crash-kinds')];
  expect(some.length).toBeLessThan(all.length);
  expect(new Set(some)).toEqual(new Set(all));
});
