// The commands that a person needs when something is broken work although koffi cannot be loaded.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleAgent } from '../../support/bundled-agent.ts';

/** As on a machine of another architecture, or with a folder copied without it. */
const hide = `
const module_ = require('node:module');
const load = module_._load;
module_._load = function (name, ...rest) {
  if (name === 'koffi') throw new Error('Cannot find the native Koffi module\\nRequire stack: ...');
  return load.call(this, name, ...rest);
};
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-native-'));
  await bundleAgent(folder);
  writeFileSync(join(folder, 'hide.cjs'), hide);
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true }));

function layerlift(...args: readonly string[]) {
  const argv = ['--require', join(folder, 'hide.cjs'), join(folder, 'main.mjs'), ...args];
  return spawnSync(process.execPath, argv, { encoding: 'utf8' });
}

it('doctor says that it is missing and what to do, and looks at all else', () => {
  const { stdout, stderr, status } = layerlift('doctor');
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /no {3}the native module koffi\n.*cannot be loaded: Cannot find the native Koffi module; only recover/,
  );
  expect(stdout).toContain('npm ci');
  expect(stdout).toContain('providers:');
  expect(status).toBe(69);
}, 30_000);

it('knobs needs none', () => {
  const { stdout, stderr, status } = layerlift('knobs', '--format', 'json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toHaveProperty('knobs');
  expect(status).toBe(0);
}, 30_000);

it('report needs none: it fails by what the folder lacks', () => {
  const { stderr, status } = layerlift('report', folder);
  expect(stderr).not.toContain('koffi');
  expect(status).toBe(65);
}, 30_000);
