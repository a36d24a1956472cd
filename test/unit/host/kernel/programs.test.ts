// A program that outlives the agent is waited for before anything is undone.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markPrograms, programsEnded } from '../../../../agent/host/kernel/programs.ts';
import { runCommand } from '../../../../agent/host/kernel/run-command.ts';
import { startProgram } from '../../../../agent/host/kernel/start-program.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'layerlift-programs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a program that is still at work is known after the agent has let go, until it ends', async () => {
  const forget = await markPrograms(folder);
  const program = runCommand(['sleep', '1']);
  forget();
  expect(await programsEnded(folder, 0)).toBe(false);
  expect(await programsEnded(folder, 10)).toBe(true);
  await program;
});

test('a living agent is none of its programs', async () => {
  const forget = await markPrograms(folder);
  await runCommand(['true']);
  forget();
  expect(await programsEnded(folder, 0)).toBe(true);
});

test('the load is known by its cgroup: once started, it is not waited for', async () => {
  const forget = await markPrograms(folder);
  // An ordinary folder in place of a cgroup: the wrapper writes its number into a file there.
  const child = startProgram({
    name: 'load',
    argv: ['sleep', '5'],
    cgroup: folder,
    survives: true,
  });
  forget();
  expect(await programsEnded(folder, 3)).toBe(true);
  child.signal('SIGTERM');
  await child.exited;
});

test('a program that may be cut off anywhere ends when the run stops, and says so', async () => {
  const stop = new AbortController();
  const program = runCommand(['sleep', '30'], { stop: stop.signal }).catch((failure: unknown) => failure);
  stop.abort();
  expect(await program).toMatchObject({ message: 'cannot run `sleep 30`: ended, as the run stops' });
});
