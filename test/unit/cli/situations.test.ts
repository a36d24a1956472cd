// Where a command is called from, and where its output goes: what people meet outside of tests.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAgent } from '../../support/bundled-agent.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-situations-'));
  chmodSync(folder, 0o755);
  await bundleAgent(folder);
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true }));

const profile = 'version: 1\nname: piped\nguests: 2\nstack: { media: { deployed: { provider: model } } }\n';

function layerlift(args: readonly string[], options: Parameters<typeof spawnSync>[2] = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main.mjs'), ...args], {
    ...options,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('from a folder that is gone', () => {
  const inNoFolder = (line: string): ReturnType<typeof layerlift> => {
    const script = `cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$1" ${line}`;
    const { status, stdout, stderr } = spawnSync(
      '/bin/sh',
      ['-c', script, process.execPath, join(folder, 'main.mjs')],
      {
        encoding: 'utf8',
      },
    );
    return { status, stdout, stderr };
  };

  it.each(['explain lift', '--help', 'recover --help', 'exit-codes'])('`%s` works', (line) => {
    const { status, stdout } = inNoFolder(line);
    expect(status).toBe(0);
    expect(stdout).not.toBe('');
  });

  it('what reads or writes there is refused with the reason', () => {
    expect(inNoFolder('plan p.yaml')).toEqual({
      status: 64,
      stdout: '',
      stderr:
        'layerlift: the current folder is gone: it was removed or is no longer mounted (cd to one that is there)\n',
    });
  });
});

describe('a profile from stdin', () => {
  it('is `-`', () => {
    const { status, stdout } = layerlift(['plan', '-'], { input: profile });
    expect(stdout).toMatch(/^profile piped/);
    expect(status).toBe(0);
  });

  it('has its job file in the current folder', () => {
    writeFileSync(join(folder, 'j.fio'), '[a]\nrw=randread\nuid=0\n');
    const { status, stderr } = layerlift(['plan', '-'], { input: `${profile}workload: { job: j.fio }\n`, cwd: folder });
    expect(stderr).toContain('/j.fio:3: the option uid is not accepted');
    expect(status).toBe(65);
  });
});

describe('stdout that takes nothing', () => {
  it.each([['schema'], ['exit-codes'], ['explain', 'lift'], ['--help'], ['plan', '/dev/stdin', '--format', 'json']])(
    'ends `%s` with code 74 and a line on stderr',
    (...args) => {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = layerlift(args, { input: profile, stdio: ['pipe', full, 'pipe'] });
      expect(stderr).toBe('layerlift: the output cannot be written: ENOSPC on stdout\n');
      expect(status).toBe(74);
    },
  );

  it('is no failure where the reader wants no more', () => {
    const script = `"$0" "$1" schema | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, join(folder, 'main.mjs')], {
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe('0');
  });
});

describe('what this user must not read', () => {
  const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

  it.each([
    ['report', 'cannot read LOCKED/runs/x: permission denied (LOCKED belongs to'],
    ['plan', 'cannot read profile LOCKED/runs/x: permission denied (LOCKED belongs to'],
    ['history --runs', 'cannot read LOCKED/runs/x: permission denied (LOCKED belongs to'],
  ])('is told by `%s` with whose it is', (command, expected) => {
    const locked = mkdtempSync(join(folder, 'locked-'));
    mkdirSync(join(locked, 'runs/x'), { recursive: true });
    chmodSync(locked, 0);
    const { status, stderr } = layerlift([...command.split(' '), join(locked, 'runs/x')], asNobody);
    chmodSync(locked, 0o700);
    expect(stderr).toContain(expected.replaceAll('LOCKED', locked));
    expect(stderr).toContain('mode 00)');
    expect(status).toBe(65);
  });
});
