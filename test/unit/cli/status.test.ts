// What `status` says of a host that is free, busy, or not as found. The folder of all runs is one of the test's own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status, type StatusOptions } from '../../../agent/cli/handlers/status.ts';
import { bootId } from '../../../agent/host/session/session.ts';
import type { ExitName } from '../../../agent/lib/exit-codes.ts';
import { statusMetrics } from '../../../agent/report/metrics.ts';
import { nagiosCheck, type Status } from '../../../agent/report/status.ts';
import { goodRun } from '../../support/good-records.ts';

let place = '';
let printed = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  printed = '';
});
afterEach(() => rmSync(place, { recursive: true }));

const ask = (format: StatusOptions['format'], maxAgeMs = 3_600_000): Promise<ExitName> => {
  printed = '';
  return status({
    runs: join(place, 'runs'),
    state: join(place, 'state'),
    format,
    maxAgeMs,
    print: (text) => (printed += text),
  });
};

describe('a host on which nothing ever ran', () => {
  it('is free', async () => {
    expect(await ask('text')).toBe('ok');
    expect(printed).toBe('host      free: no run holds it, and none has left anything\nlast run  none\n');
  });

  it('has no verdict for a monitor, and facts without nulls', async () => {
    expect(await ask('nagios')).toBe('ok');
    expect(printed).toBe('LAYERLIFT UNKNOWN - no run has given a verdict yet\n');
    expect(await ask('ansible')).toBe('ok');
    expect(JSON.parse(printed)).toMatchObject({
      condition: 'free',
      residue: false,
      has_verdict: false,
      age_seconds: -1,
    });
    expect(printed).not.toContain('null');
  });
});

describe('a host that cannot be looked at', () => {
  beforeEach(() => writeFileSync(join(place, 'state'), 'no folder'));

  it('is an error for people, a line for a monitor, and a fact for Ansible', async () => {
    await expect(ask('text')).rejects.toThrow(/cannot look into/);
    await expect(ask('nagios')).rejects.toThrow(/cannot look into/);
    expect(printed).toMatch(/^LAYERLIFT UNKNOWN - cannot look into .*\n$/);
    expect(await ask('ansible')).toBe('ok');
    expect(JSON.parse(printed)).toEqual({ error: expect.stringContaining('cannot look into') as string });
  });
});

describe('a host that a dead run has changed', () => {
  beforeEach(() => leaveJournal());

  it('says so by its exit code, with the command to type', async () => {
    expect(await ask('text')).toBe('residue');
    expect(printed).toMatch(/^host {6}NOT AS FOUND: interrupted run abcdef left 1 change: run `layerlift recover`$/m);
    expect(await ask('json')).toBe('residue');
    expect(JSON.parse(printed)).toMatchObject({ condition: 'residue', runs: [{ run: 'abcdef', changes: 1 }] });
  });

  it('is critical, whatever was found last', async () => {
    leaveRun();
    expect(await ask('nagios')).toBe('residue');
    expect(printed).toMatch(/^LAYERLIFT CRITICAL - NOT AS FOUND: .* \| lift=[\d.]+;;;0 age=\d+s;;;0\n$/);
  });

  it('is busy while somebody holds the lock', async () => {
    const lock = join(place, 'state', 'lock');
    writeFileSync(lock, 'run');
    const holder = spawn('flock', ['-x', lock, 'sh', '-c', 'echo locked; sleep 60']);
    await once(holder.stdout, 'data');
    try {
      expect(await ask('json')).toBe('busy');
      expect(JSON.parse(printed)).toMatchObject({ condition: 'busy', held: { by: 'run' } });
      expect(await ask('text')).toBe('busy');
      expect(printed).toMatch(/^host {6}busy: process \d+ \(\w+\).* holds it for a run$/m);
    } finally {
      holder.kill();
    }
  });

  it('is not as found either where its journal cannot be read', async () => {
    writeFileSync(join(place, 'state', 'abcdef', 'journal.ndjson'), 'garbage\n{"also": "garbage"}\n');
    expect(await ask('text')).toBe('residue');
    expect(printed).toContain('changes that its journal does not tell');
  });
});

describe('the last verdict', () => {
  it('is named with its age and its folder', async () => {
    leaveRun();
    expect(await ask('text')).toBe('ok');
    expect(printed).toMatch(
      /^last run {2}2026-01-02 03:04:05 UTC, [\d,]+ (?:h|days|s|min \d+ s) ago: slow-network, ok$/m,
    );
    expect(printed).toMatch(/^verdict {3}ring holds this host back/m);
  });

  const last = {
    verdict: 'lever',
    brief: 'ring: 2.0x | more',
    profile: 'demo',
    lift: { estimate: 2, low: 1, high: 3 },
  };
  const found = (changes: object, lastAgeSeconds = 60): Status =>
    ({ condition: 'free', held: null, runs: [], lastAgeSeconds, last: { ...last, ...changes } }) as unknown as Status;

  it.each([
    ['WARNING', { verdict: 'lever' }, 60],
    ['WARNING', { verdict: 'masked' }, 60],
    ['WARNING', { verdict: 'outside' }, 60],
    ['OK', { verdict: 'none' }, 60],
    ['OK', { verdict: 'inconclusive' }, 60],
    ['UNKNOWN', { verdict: 'none' }, 3601],
    ['UNKNOWN', { verdict: 'lever' }, 3601],
  ] as const)('is %s for a monitor: %j after %i s', (state, changes, age) => {
    expect(nagiosCheck(found(changes, age), 3600).state).toBe(state);
  });

  it('is one line, and its text cannot be taken for performance data', () => {
    expect(nagiosCheck(found({}), 3600).line).toBe(
      'LAYERLIFT WARNING - held back: ring: 2.0x / more, 60 s ago (demo) | lift=2.00;;;0 age=60s;;;0\n',
    );
  });
});

function leaveJournal(): void {
  const folder = join(place, 'state', 'abcdef');
  mkdirSync(folder, { recursive: true });
  const lines = [
    { type: 'header', version: 1, run: 'abcdef', bootId: bootId(), pid: 1, startedAt: '2026-01-02T03:04:05.678Z' },
    { type: 'intent', seq: 1, step: { kind: 'mkdir', path: '/sys/kernel/config/x', why: 'a test' } },
  ];
  writeFileSync(join(folder, 'journal.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function leaveRun(): void {
  const folder = join(place, 'runs', '20260102T030405Z-abcdef');
  mkdirSync(folder, { recursive: true });
  const host = JSON.parse(goodRun.host) as object;
  writeFileSync(join(folder, 'plan.json'), goodRun.plan);
  writeFileSync(join(folder, 'host.json'), JSON.stringify({ ...host, endedAt: '2026-01-02T03:09:05.678Z' }));
  writeFileSync(join(folder, 'slices.ndjson'), goodRun.slices);
}

describe('metrics for Prometheus', () => {
  /** Every sample by its name and labels. Throws for a line that is none, by the grammar of the text format. */
  const samplesIn = (text: string): ReadonlyMap<string, number> =>
    new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !/^# (HELP [a-z_]+ .+|TYPE [a-z_]+ gauge)$/.test(line))
        .map((line) => {
          const found =
            /^([a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})?) (\S+)$/.exec(
              line,
            );
          if (!found) throw new Error(`no sample: ${line}`);
          return [found[1] ?? '', Number(found[2])] as const;
        }),
    );

  it('say whether a run holds the host, and what was found last', async () => {
    leaveRun();
    expect(await ask('prometheus')).toBe('ok');
    const samples = samplesIn(printed);
    expect(samples.get('layerlift_condition{condition="free"}')).toBe(1);
    expect(samples.get('layerlift_condition{condition="residue"}')).toBe(0);
    expect(samples.get('layerlift_last_run_info{run="abcdef",profile="slow-network",verdict="lever"}')).toBe(1);
    expect(samples.get('layerlift_last_run_lift_ratio{bound="estimate"}')).toBeGreaterThan(1);
    expect([...samples.values()].every(Number.isFinite)).toBe(true);
  });

  it('say what a dead run has left', async () => {
    leaveJournal();
    expect(await ask('prometheus')).toBe('residue');
    const samples = samplesIn(printed);
    expect(samples.get('layerlift_condition{condition="residue"}')).toBe(1);
    expect(samples.get('layerlift_changes')).toBe(1);
    expect(printed).not.toContain('layerlift_last_run');
  });

  it('are not broken by what users write', () => {
    const last = { run: 'r', profile: 'a "b"\\\nc} 1', verdict: 'none', exit: { code: 0 }, startedAt: '2026-01-02' };
    const found = { condition: 'free', held: null, runs: [], last } as unknown as Status;
    expect([...samplesIn(statusMetrics(found)).keys()].join()).toContain('profile="a \\"b\\"\\\\\\nc} 1"');
  });

  it('replace a file whole, and leave nothing beside it', async () => {
    const output = join(place, 'layerlift.prom');
    writeFileSync(output, 'before');
    const options = { runs: join(place, 'runs'), state: join(place, 'state'), maxAgeMs: 1, print: () => undefined };
    await status({ ...options, format: 'prometheus', output });
    expect(readFileSync(output, 'utf8')).toContain('layerlift_condition');
    expect(readdirSync(place).filter((name) => name.startsWith('layerlift.prom'))).toEqual(['layerlift.prom']);
    await expect(status({ ...options, format: 'json', output: join(place, 'no/such') })).rejects.toThrow(
      /cannot write/,
    );
  });
});
