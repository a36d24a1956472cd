import { build, type Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const entry = new URL('../../../../agent/host/session/watchdog.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'layerlift-watchdog-'));
const restored = join(folder, 'restored');
/** In place of /sys/fs/cgroup. */
const cgroups = join(folder, 'cgroups');

beforeAll(async () => {
  const outfile = join(folder, 'watchdog.mjs');
  // A start-up file at home that ends its shell.
  writeFileSync(join(folder, '.bashrc'), 'exit 1\n');
  const places: Plugin = {
    name: 'places',
    setup: (building) =>
      building.onLoad({ filter: /(run-command|watchdog)\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replace("HOME: '/root'", `HOME: ${JSON.stringify(folder)}`)
          .replace('root=/sys/fs/cgroup', `root=${cgroups}`),
        loader: 'ts',
      })),
  };
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', plugins: [places] });
  const built = readFileSync(outfile, 'utf8');
  expect(built).toContain(`HOME: ${JSON.stringify(folder)}`);
  expect(built).toContain(`root=${cgroups}`);
});
beforeEach(() => rmSync(restored, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An agent of its own, watched, that goes on with `then`. Resolves with how it ended. */
async function agentThat(then: string): Promise<number | string | null> {
  const script = join(folder, 'agent.mjs');
  writeFileSync(
    script,
    `import { startWatchdog } from './watchdog.mjs';
    const { dismiss, isOutside } = await startWatchdog(['touch', ${JSON.stringify(restored)}], () => undefined, 2);
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

describe('where a watchdog stands', () => {
  const [all, root, typed] = [{ 'cgroup.controllers': 'cpu io' }, { 'cgroup.procs': '' }, { 'cgroup.type': 'domain' }];
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['in the root cgroup it outlives every unit', { ...all, ...root }, true],
    ['at the root of a container it goes with that', { ...all, ...root, ...typed }, false],
    ['where it may not move it goes with the agent', all, false],
    ['where cgroups of version 2 are mounted elsewhere nobody can tell', root, false],
  ])('%s', async (_, files, isOutside) => {
    rmSync(cgroups, { recursive: true, force: true });
    mkdirSync(cgroups);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cgroups, name), text);
    // What the kernel refuses is a folder here, which takes no text from root either.
    if (!('cgroup.procs' in files)) mkdirSync(join(cgroups, 'cgroup.procs'));
    expect(await agentThat('dismiss(); process.exit(isOutside ? 10 : 20);')).toBe(isOutside ? 10 : 20);
  });
});
