// The scripts for operators, with a layerlift that only says what it was asked.

import { execa } from 'execa';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ops = new URL('../../../scripts/ops/', import.meta.url).pathname;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  // Whoever is not root asks by sudo.
  program('sudo', 'shift; exec "$@"');
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

const call = (name: string, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  execa(join(ops, name), words, { reject: false, env: { PATH: `${folder}:/usr/bin:/bin`, ...env }, extendEnv: false });

describe('the check for a monitor', () => {
  it.each([
    ['OK', 0, 0],
    ['WARNING', 0, 1],
    ['CRITICAL', 40, 2],
    ['UNKNOWN', 77, 3],
  ])('looks, prints the line, and ends by its state: %s', async (state, status, exit) => {
    program('layerlift', `echo "LAYERLIFT ${state} - $*"; exit ${status}`);
    const { stdout, exitCode } = await call('check_layerlift', ['--max-age', '48h']);
    expect([stdout, exitCode]).toEqual([`LAYERLIFT ${state} - status --format nagios --max-age 48h`, exit]);
  });

  it('is unknown where layerlift itself fails, whatever its status', async () => {
    program('layerlift', 'echo oops; exit 1');
    const { stdout, exitCode } = await call('check_layerlift');
    expect([stdout, exitCode]).toEqual(['LAYERLIFT UNKNOWN - layerlift status gave no line', 3]);
  });

  it('is unknown where nothing is installed', async () => {
    const { stdout, exitCode } = await call('check_layerlift');
    expect([stdout, exitCode]).toEqual(['LAYERLIFT UNKNOWN - layerlift is not installed', 3]);
  });
});

describe('a run as a unit of systemd', () => {
  it.each([
    [0, 0, 0],
    [20, 20, 0],
    [31, 31, 31],
    [40, 40, 40],
  ])('ends with %i of layerlift as %i, and as %i in a job step', async (status, plain, step) => {
    program('layerlift', '');
    program('systemd-run', `while [ "$1" != -- ]; do shift; done; echo "$*"; exit ${status}`);
    const found = await call('run-under-systemd', ['p.yaml', '--budget', '3m']);
    expect([found.stdout, found.exitCode]).toEqual([`-- ${folder}/layerlift run p.yaml --budget 3m`, plain]);
    expect((await call('run-under-systemd', ['p.yaml'], { LAYERLIFT_STEP: '1' })).exitCode).toBe(step);
  });

  it('without a profile is bad usage', async () => {
    expect((await call('run-under-systemd')).exitCode).toBe(64);
  });
});
