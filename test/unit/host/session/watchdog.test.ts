import { build, type Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const entry = new URL('../../../../agent/host/session/watchdog.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'layerlift-watchdog-'));
const restored = join(folder, 'restored');

beforeAll(async () => {
  const outfile = join(folder, 'watchdog.mjs');
  // A start-up file at home that ends its shell.
  writeFileSync(join(folder, '.bashrc'), 'exit 1\n');
  const home: Plugin = {
    name: 'home',
    setup: (building) =>
      building.onLoad({ filter: /run-command\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace("HOME: '/root'", `HOME: ${JSON.stringify(folder)}`),
        loader: 'ts',
      })),
  };
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', plugins: [home] });
  expect(readFileSync(outfile, 'utf8')).toContain(`HOME: ${JSON.stringify(folder)}`);
});
beforeEach(() => rmSync(restored, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An agent of its own, watched, that goes on with `then`. Resolves with how it ended. */
async function agentThat(then: string): Promise<number | string | null> {
  const script = join(folder, 'agent.mjs');
  writeFileSync(
    script,
    `import { startWatchdog } from './watchdog.mjs';
    const { dismiss } = await startWatchdog(['touch', ${JSON.stringify(restored)}], () => undefined, 2);
    ${then}`,
  );
  const agent = spawn(process.execPath, [script], { stdio: 'inherit' });
  const [code, signal] = (await once(agent, 'exit')) as [number | null, string | null];
  return signal ?? code;
}
const isRestored = (): boolean => existsSync(restored);

describe('a watchdog', () => {
  it('does nothing after an end in order', async () => {
    expect(await agentThat('dismiss(); process.exit(3);')).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(isRestored()).toBe(false);
  });

  it('restores the host when the agent dies', async () => {
    expect(await agentThat("process.kill(process.pid, 'SIGKILL');")).toBe('SIGKILL');
    await vi.waitFor(() => expect(isRestored()).toBe(true), 10_000);
  });

  it('ends an agent that hangs, and restores the host', async () => {
    expect(await agentThat('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);')).toBe('SIGKILL');
    await vi.waitFor(() => expect(isRestored()).toBe(true), 10_000);
  });
});
