// Controllers go off again only where nobody else has come to use them: what they have set would be gone without a word.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Step, verbOf } from '../../../../agent/host/step.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'cgroups-'));
  for (const child of ['system.slice', 'layerlift-abcdef']) mkdirSync(join(path, child));
  writeFileSync(control(), 'cpu io memory\n');
});
afterEach(() => rmSync(path, { recursive: true }));

const control = (): string => join(path, 'cgroup.subtree_control');
const undo = async (enable: readonly string[]): Promise<string> => {
  const step: Step = { kind: 'controllers', path, enable, why: 'a test' };
  await verbOf(step).undo(step, enable.join(' '), 100);
  return readFileSync(control(), 'utf8');
};

it.each([
  ['io', 'io.weight', 'default 200\n'],
  ['io', 'io.max', '8:16 rbps=1000 wbps=max riops=max wiops=max\n'],
  ['cpu', 'cpu.max', '50000 100000\n'],
  ['memory', 'memory.high', '1073741824\n'],
])('%s stays on while another cgroup has set %s', async (controller, file, value) => {
  writeFileSync(join(path, 'system.slice', file), value);
  expect(await undo([controller])).toBe('cpu io memory\n');
});

it.each([
  ['io', 'io.weight', 'default 100\n'],
  ['io', 'io.max', ''],
  ['cpu', 'cpu.max', 'max 100000\n'],
  ['memory', 'memory.high', 'max\n'],
])('%s goes off where %s is as it was made', async (controller, file, value) => {
  writeFileSync(join(path, 'system.slice', file), value);
  writeFileSync(join(path, 'layerlift-abcdef', 'io.weight'), 'default 300\n');
  expect(await undo([controller])).toMatch(`-${controller}`);
});
