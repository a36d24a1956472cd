// The scripts for operators, with a layerlift that only says what it was asked.

import { execa } from 'execa';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseCommand } from '../../../agent/cli/command-line.ts';
import { exitCodes } from '../../../agent/lib/exit-codes.ts';
import { parseDuration } from '../../../agent/lib/units.ts';

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

  it('says where layerlift is missed', async () => {
    program('systemd-run', 'exit 0');
    const { stderr, exitCode } = await call('run-under-systemd', ['p.yaml']);
    expect([stderr, exitCode]).toEqual([
      'run-under-systemd: layerlift is not installed: neither in PATH nor in /usr/sbin',
      69,
    ]);
  });
});

/** Of a job and of a step that is a script, what Rundeck documents ("Job YAML format"); it would ignore anything else. */
const jobSchema = z.strictObject({
  name: z.string(),
  group: z.string(),
  description: z.string(),
  loglevel: z.enum(['DEBUG', 'VERBOSE', 'INFO', 'WARN', 'ERROR']),
  multipleExecutions: z.boolean(),
  timeout: z.string().regex(/^\d+[smhd]$/),
  nodefilters: z.strictObject({
    dispatch: z.strictObject({ threadcount: z.number(), keepgoing: z.boolean() }),
    filter: z.string(),
  }),
  options: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      value: z.string().optional(),
      required: z.boolean(),
      regex: z.string(),
    }),
  ),
  sequence: z.strictObject({
    keepgoing: z.boolean(),
    strategy: z.enum(['node-first', 'step-first', 'parallel']),
    commands: z.tuple([z.strictObject({ description: z.string(), args: z.string(), script: z.string() })]),
  }),
});

describe('the job for Rundeck', () => {
  const [job] = z.tuple([jobSchema]).parse(parse(readFileSync(join(ops, 'rundeck/layerlift.yaml'), 'utf8')));
  const [step] = job.sequence.commands;
  const runStep = (words: readonly string[]) => {
    writeFileSync(join(folder, 'step'), step.script.replaceAll('/usr/lib/layerlift/ops/', ops));
    return execa('sh', [join(folder, 'step'), ...words], {
      ...{ reject: false, extendEnv: false, env: { PATH: `${folder}:/usr/bin:/bin` } },
    });
  };

  it('takes no option that a shell or sudo would read as more than one word', () => {
    const named = [...step.args.matchAll(/\$\{option\.(\w+)\}/g)].map((match) => match[1]);
    expect(named).toEqual(job.options.map(({ name }) => name));
    for (const { name, value, regex, required } of job.options) {
      // Rundeck holds the whole value to it.
      const takes = (text: string): boolean => new RegExp(`^(?:${regex})$`).test(text);
      expect(required, name).toBe(true);
      if (value !== undefined) expect(takes(value), name).toBe(true);
      for (const wrong of ['', 'a b', '$(reboot)', "x';y", '--destroy', '/p.yaml --destroy'])
        expect(takes(wrong)).toBe(false);
    }
  });

  it('asks for a run that the program knows, which ends before the job does', async () => {
    program('layerlift', '');
    program('systemd-run', 'while [ "$1" != -- ]; do shift; done; shift 2; printf "%s\\n" "$@"');
    const { stdout, exitCode } = await runStep(['/etc/layerlift/profiles/p.yaml', 'INC-1']);
    expect(exitCode).toBe(0);
    const asked: object[] = [];
    await parseCommand(stdout.split('\n'), (name, options) => {
      asked.push({ name, ...options });
      return Promise.resolve('ok');
    });
    expect(asked).toMatchObject([
      {
        name: 'run',
        profile: '/etc/layerlift/profiles/p.yaml',
        labels: { ticket: 'INC-1' },
        format: 'md',
        quiet: true,
      },
    ]);
    const deadlineMs = z.object({ deadlineMs: z.number() }).parse(asked[0]).deadlineMs;
    expect(deadlineMs * 1e6).toBeLessThan(parseDuration(job.timeout) ?? 0);
  });

  it.each(Object.entries(exitCodes).map(([name, [code]]) => [name, code] as const))(
    'ends with the code of %s (%i), and says what to do',
    async (name, code) => {
      program('layerlift', '');
      program('systemd-run', `exit ${code}`);
      const { stderr, exitCode } = await runStep(['/etc/p.yaml', 'INC-1']);
      const isAnswer = name === 'ok' || name === 'inconclusive';
      expect(exitCode).toBe(isAnswer ? 0 : code);
      if (isAnswer) expect(stderr).toBe('');
      else expect(stderr).toContain(`layerlift ended with ${code}: `);
      if (name === 'residue') expect(stderr).toContain('layerlift recover');
    },
  );

  it('says so where sudo asks for a password', async () => {
    program('sudo', 'echo "sudo: a password is required" >&2; exit 1');
    const { stderr, exitCode } = await runStep(['/etc/p.yaml', 'INC-1']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('whether sudo lets this user');
  });
});

describe('the package', () => {
  it('has all of scripts/ops but what only tries it', () => {
    const copied = /cp -r scripts\/ops\/\{([^}]+)\}/.exec(readFileSync(join(ops, '../package'), 'utf8'))?.[1] ?? '';
    expect(copied.split(',').sort()).toEqual(
      readdirSync(ops)
        .filter((name) => name !== 'try-role')
        .sort(),
    );
  });
});
