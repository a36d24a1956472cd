// `history` and `compare` over folders as runs leave them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare } from '../../../agent/cli/handlers/compare.ts';
import { history, type HistoryOptions } from '../../../agent/cli/handlers/history.ts';
import { ProfileError } from '../../../agent/lib/errors.ts';
import type { ExitName } from '../../../agent/lib/exit-codes.ts';
import { goodRun } from '../../support/good-records.ts';

let runs = '';
let printed = '';
const print = (text: string): void => void (printed += text);

beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  printed = '';
  addRun('20260102T030405Z-aaaaaa', { run: 'aaaaaa' });
  addRun('20260103T030405Z-bbbbbb', {
    run: 'bbbbbb',
    host: { hostname: 'hv7' },
    labels: { ticket: 'INC-1', phase: 'after' },
  });
});
afterEach(() => rmSync(runs, { recursive: true }));

describe('history', () => {
  it('lists the newest first, each with its host, profile, verdict and labels', () => {
    expect(list()).toBe('ok');
    const lines = printed.split('\n');
    expect(lines[1]).toMatch(
      /^2026-01-02 03:04:05 +hv7 +slow-network +ring: .* +ticket=INC-1, phase=after +20260103T030405Z-bbbbbb$/,
    );
    // Of a version that recorded neither.
    expect(lines[2]).toMatch(/^2026-01-02 03:04:05 +- +slow-network +ring: .* +- +20260102T030405Z-aaaaaa$/);
  });

  it('is for programs too, and finds runs by all labels that are asked for', () => {
    list({ format: 'json', labels: { ticket: 'INC-1', phase: 'after' } });
    expect(JSON.parse(printed)).toMatchObject({
      ...{ version: 1, kind: 'layerlift-history', unreadable: [], more: 0 },
      runs: [
        { run: 'bbbbbb', folder: join(runs, '20260103T030405Z-bbbbbb'), verdict: 'lever', labels: { ticket: 'INC-1' } },
      ],
    });
    printed = '';
    list({ format: 'json', labels: { ticket: 'INC-1', phase: 'before' } });
    expect(JSON.parse(printed)).toMatchObject({ runs: [] });
  });

  it('shows no more than it is asked for, and says how many are left out', () => {
    list({ last: 1 });
    expect(printed).toContain('bbbbbb');
    expect(printed).not.toContain('aaaaaa');
    expect(printed).toContain(`1 older run in ${runs}`);
  });

  it('names a folder that cannot be read, and lists the others', () => {
    writeFileSync(join(runs, '20260103T030405Z-bbbbbb', 'host.json'), '{');
    expect(list()).toBe('ok');
    expect(printed).toMatch(/cannot read .*bbbbbb: /);
    expect(printed).toMatch(/ring: .*aaaaaa/);
  });

  it('of a place where nothing ever ran is empty', () => {
    list({ runs: join(runs, 'none') });
    expect(printed).toBe(`no run in ${join(runs, 'none')}\n`);
  });

  it('of a place that is no folder is refused', () => {
    expect(() => list({ runs: join(runs, '20260102T030405Z-aaaaaa', 'host.json') })).toThrow(ProfileError);
  });
});

describe('compare', () => {
  it('finds runs by path, by name and by id', () => {
    const named = [join(runs, '20260102T030405Z-aaaaaa'), '20260102T030405Z-aaaaaa', 'aaaaaa'];
    const found = named.map((first) => {
      printed = '';
      compare({ first, second: 'bbbbbb', runs, tolerance: undefined, format: 'json', print });
      return (JSON.parse(printed) as { from: { run: string } }).from.run;
    });
    expect(found).toEqual(['aaaaaa', 'aaaaaa', 'aaaaaa']);
  });

  it('says "worse" by its exit code as well', () => {
    const slower = goodRun.slices.replaceAll(
      /"goodput":([\d.]+)/g,
      (_, rate: string) => `"goodput":${Number(rate) / 2}`,
    );
    addRun('20260104T030405Z-cccccc', { run: 'cccccc' }, slower);
    const exit = (second: string): ExitName =>
      compare({ first: 'aaaaaa', second, runs, tolerance: undefined, format: 'text', print });
    expect([exit('bbbbbb'), exit('cccccc')]).toEqual(['ok', 'worse']);
    expect(printed).toMatch(/^Worse: from A to B, goodput as deployed falls by 50 %/m);
  });

  it.each(['cccccc', 'aaa'])('refuses %s, which is no run', (first) => {
    expect(() => compare({ first, second: 'bbbbbb', runs, tolerance: undefined, format: 'text', print })).toThrow(
      `there is no run "${first}"`,
    );
  });
});

function list(options: Partial<HistoryOptions> = {}): ExitName {
  return history({ runs, last: 20, labels: {}, format: 'text', print, ...options });
}

function addRun(name: string, changes: object, slices = goodRun.slices): void {
  const folder = join(runs, name);
  mkdirSync(folder);
  const host: unknown = JSON.parse(goodRun.host);
  writeFileSync(join(folder, 'plan.json'), goodRun.plan);
  writeFileSync(
    join(folder, 'host.json'),
    JSON.stringify({ ...(host as object), endedAt: '2026-01-02T03:09:05.678Z', ...changes }),
  );
  writeFileSync(join(folder, 'slices.ndjson'), slices);
}
