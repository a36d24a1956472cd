// A run in memory that is stopped, or loses its load or a switch, in each of its parts: the host is as before, and what was
// recorded by then is read back.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { reportFolder } from '../../../agent/cli/handlers/folder.ts';
import { StoppedError } from '../../../agent/lib/errors.ts';
import { readRunFolder } from '../../../agent/records/read-folder.ts';
import type { SimHost } from '../../support/sim-host/host.ts';
import { simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const profile = readFileSync('profiles/plant-ring.yaml', 'utf8');

/** What is told at the beginning of each part, and the part's name in the records. */
const parts = [
  ['raising', 'raising the stack'],
  ['raising', 'starting 4 guests'],
  ['pilot', 'pilot: how long'],
  ['slices', 'slice 3 '],
  ['neighbours', 'neighbours: '],
  ['caps', 'caps: '],
  ['check', 'checking again'],
] as const;

/** Does it once, the first time that something is told that begins so. */
function at(begins: string, act: (host: SimHost) => void): (what: string, host: SimHost) => void {
  let isDone = false;
  return (what, host) => {
    if (isDone || !what.startsWith(begins)) return;
    isDone = true;
    act(host);
  };
}

function expectAsBefore({ things, outstanding }: SimHost): void {
  expect(outstanding()).toEqual([]);
  expect([...things.dm.keys()]).toEqual([]);
  expect([...things.connected.keys()]).toEqual([]);
  expect([...things.ran]).toEqual([]);
  expect([...things.files]).toEqual([]);
}

/** What stops a run from outside, with its exit code. */
const stops = [
  ['interrupt', 'stopped by SIGINT', 130],
  ['terminate', 'stopped by SIGTERM', 143],
  ['hangup', 'stopped by SIGHUP', 129],
  ['deadline', 'the deadline passed', 124],
  ['impact', 'stopped to spare others', 31],
] as const;

const stopped = parts.map((part, i) => [...part, stops[i % stops.length] ?? stops[0]] as const);

describe.each(stopped)('in %s, at "%s"', (phase, begins, [exit, why, code]) => {
  it(`a stop by ${exit} leaves nothing behind, and what was known is told at once and again from the folder`, async () => {
    const stop = new StoppedError(exit, why);
    const told: string[] = [];
    const act = at(begins, (host) => host.stop(stop));
    const run = await simRun({
      profile,
      neighbours: true,
      budgetMs: 600_000,
      onTold: (what, host) => {
        told.push(what);
        act(what, host);
      },
    });
    expect(run.exit).toBe(exit);
    expect(run.document.exit.code).toBe(code);
    expect(run.cutShort).toMatchObject({ phase, why });
    expect(run.document.cutShort).toMatchObject({ phase });
    const hasVerdict = phase === 'neighbours' || phase === 'caps' || phase === 'check';
    expect(run.document.verdict).toMatchObject(
      hasVerdict ? { kind: 'lever', layer: 'ring' } : { kind: 'inconclusive' },
    );
    const verdicts = told.filter((what) => what.startsWith('verdict: ring holds this host back'));
    expect(verdicts).toHaveLength(hasVerdict ? 1 : 0);
    expectAsBefore(run.host);
    expect(readRunFolder(run.folder).slices).toEqual(run.findings.slices);
    let again = '';
    await reportFolder({ folder: run.folder, format: 'json', print: (text) => (again += text) });
    expect(JSON.parse(again)).toEqual(run.document);
  });
});

describe.each(parts.slice(2))('in %s, at "%s"', (phase, begins) => {
  it('a fio that dies leaves nothing behind, and a verdict that was there stays', async () => {
    const run = await simRun({
      profile,
      neighbours: true,
      budgetMs: 600_000,
      onTold: at(begins, (host) => host.killFio(2)),
    });
    expectAsBefore(run.host);
    expect(run.cutShort).toMatchObject({ phase, exit: 'load-failed' });
    expect(run.document.verdict.kind).toBe(phase === 'pilot' || phase === 'slices' ? 'inconclusive' : 'lever');
  });
});

describe.each(parts)('in %s, at "%s"', (_, begins) => {
  it('a step that the host refuses leaves nothing behind', async () => {
    const run = await simRun({
      profile,
      neighbours: true,
      budgetMs: 600_000,
      onTold: at(begins, (host) => host.refuse(() => true)),
    });
    expect(run.failure?.message).toMatch(/^the simulated host refuses/);
    expectAsBefore(run.host);
  });
});
