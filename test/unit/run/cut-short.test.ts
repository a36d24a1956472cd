// Every way in which a run can end early, in each of its parts: what was known by then is told, on stdout and in the folder.
// The command runs whole, on the simulated host.

import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { analyseFolder, reportFolder } from '../../../agent/cli/handlers/folder.ts';
import { run, type RunOptions, type Surroundings } from '../../../agent/cli/handlers/run.ts';
import {
  HostError,
  LayerliftError,
  LoadError,
  OutputError,
  ResidueError,
  StoppedError,
  UnsteadyError,
} from '../../../agent/lib/errors.ts';
import type { ExitName, Stopper } from '../../../agent/lib/exit-codes.ts';
import { isRecord } from '../../../agent/lib/record.ts';
import type { Phase } from '../../../agent/records/phase.ts';
import { reportSchema, type ReportDocument } from '../../../agent/report/document/document.ts';
import { type SimClock, simClock } from '../../support/sim-host/clock.ts';
import { type SimHost, simHost } from '../../support/sim-host/host.ts';
import { simSurroundings } from '../../support/sim-host/surroundings.ts';

/** What is told in the middle of each part. */
const middles: Readonly<Partial<Record<Phase, RegExp>>> = {
  raising: /^raising the stack/,
  pilot: /^pilot: how long/,
  slices: /^slice 3 /,
  neighbours: /^neighbours: .*\([1-9]\d* done\)/,
  caps: /^caps: .*\([1-9]\d* done\)/,
  check: /^checking again/,
};

/** What the run finds that is different. */
type Change = (clock: SimClock, around: Surroundings) => Partial<Surroundings>;

interface Given {
  /** In the middle of which part `act` is called, once; a run for caps alone has two slices. */
  readonly at: Phase | RegExp | undefined;
  readonly act: (host: SimHost) => void;
  readonly options: Partial<RunOptions>;
  readonly change?: Change;
}

let runs = '';
let log: string[] = [];
beforeEach(() => {
  log = [];
  runs = mkdtempSync(join(tmpdir(), 'layerlift-cut-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(runs, { recursive: true, force: true });
});

/** Runs to the end. Gives how it ended and what it printed. */
async function perform({ at, act, options, change }: Given): Promise<{ exit: ExitName; printed: string }> {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 2) });
  const clock = simClock();
  const host = simHost({ clock, seed: 1 });
  const middle = at instanceof RegExp ? at : at && middles[at];
  let isDone = false;
  const tell = (what: string): void => {
    log.push(what);
    if (isDone || !middle?.test(what)) return;
    isDone = true;
    act(host);
  };
  const closed = ({ clean }: { clean: boolean }): void => void log.push(clean ? 'closed' : 'closed with residue');
  let printed = '';
  const given: RunOptions = {
    ...{ profile: 'profiles/plant-ring.yaml', runs, seed: 1, cold: false, budgetMs: 600_000, deadlineMs: undefined },
    ...{ neighbours: true, format: 'json', quiet: true, verbose: false },
    print: (text) => {
      log.push('printed');
      printed += text;
    },
    ...options,
  };
  const around = simSurroundings(host, tell, closed);
  const ended = clock.run(() => run(given, { ...around, ...change?.(clock, around) }));
  const exit = await ended.catch((thrown: unknown) =>
    thrown instanceof LayerliftError ? thrown.exit : ('internal' as const),
  );
  return { exit, printed };
}

interface Seen {
  readonly exit: ExitName;
  readonly document: ReportDocument;
  readonly printed: string;
  readonly folder: string;
}

/** The host fails with `failure` at its first step after the middle of a part. */
async function runWith(
  at: Phase | RegExp | undefined,
  failure?: Error,
  options: Partial<RunOptions> = {},
): Promise<Seen> {
  const act = (host: SimHost): void => failure && host.refuse(() => true, failure);
  const { exit, printed } = await perform({ at, act, options });
  const folder = join(runs, readdirSync(runs)[0] ?? '');
  return { exit, printed, folder, document: reportSchema.parse(JSON.parse(printed)) };
}

const failures: readonly (readonly [string, Error, ExitName])[] = [
  ['the deadline', new StoppedError('deadline', 'the deadline of 5 s has passed'), 'deadline'],
  ['SIGTERM', new StoppedError('terminate', 'stopped by SIGTERM'), 'terminate'],
  ['impact', new StoppedError('impact', 'stopped to spare others: x waited'), 'impact'],
  ['the load', new LoadError('fio of guest 1 ended in mid-run by SIGKILL'), 'load-failed'],
  ['the host', new HostError('a switch went astray', 'a hint'), 'host-failed'],
  ['the disk', new OutputError('cannot write slices.ndjson: ENOSPC'), 'output'],
  ['residue', new ResidueError([{ message: 'first: stopped by SIGTERM' }, { message: 'cannot undo x' }]), 'residue'],
  ['a bug', new TypeError('undefined is no function'), 'internal'],
];
const parts: readonly Phase[] = ['raising', 'pilot', 'slices', 'neighbours', 'caps', 'check'];
const afterVerdict: readonly Phase[] = ['neighbours', 'caps', 'check'];

describe('a run that comes to its end', () => {
  it('says so, and its verdict is in the folder before the parts that follow', async () => {
    const { exit, document, folder } = await runWith(undefined);
    expect(exit).toBe('ok');
    expect(document).toMatchObject({
      cutShort: null,
      verdict: { kind: 'lever', layer: 'ring' },
      recheck: { holds: true },
    });
    expect(document.caps?.rows.length).toBeGreaterThan(1);
    expect(document.interference?.kind).toBe('measured');
    const kept: unknown = JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8'));
    expect(kept).toMatchObject({ version: 1, verdict: { kind: 'lever', layer: 'ring' } });
    expect(isRecord(kept) && kept['sentence']).toMatch(/^ring holds this host back/);
    expect(log.slice(-2)).toEqual(['closed', 'printed']);
  });
});

describe.each(parts)('a run that is cut short in %s', (phase) => {
  it.each(failures)('by %s tells what it knows, with the code of what ended it', async (_, failure, name) => {
    const { exit, document, printed, folder } = await runWith(phase, failure);
    // Before the guests run, a host that refuses lacks something.
    const expected = name === 'host-failed' && phase === 'raising' ? 'unavailable' : name;
    expect(exit).toBe(expected);
    expect(document.exit.name).toBe(expected);
    expect(document.cutShort?.phase).toBe(phase);
    expect(document.why[0]).toContain('CUT SHORT');
    if (afterVerdict.includes(phase)) {
      expect(document.verdict).toMatchObject({ kind: 'lever', layer: 'ring' });
      expect(document.sentence).toMatch(/^ring holds this host back/);
    } else {
      expect(document.verdict).toMatchObject({
        kind: 'inconclusive',
        why: `the run was cut short: ${document.cutShort?.why}`,
      });
      expect(document.sentence).toContain('Cannot tell yet: the run was cut short: ');
    }
    if (name === 'residue') expect(document.next).toMatch(/^Next: run `layerlift recover`/);
    // First the host, then the words.
    const [closed, told] = log.slice(-2);
    expect([closed, told]).toEqual([name === 'residue' ? 'closed with residue' : 'closed', 'printed']);
    let again = '';
    await reportFolder({ folder, format: 'json', print: (text) => (again += text) });
    expect(again).toBe(printed);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(printed);
    let analysed = '';
    analyseFolder({ folder, print: (text) => (analysed += text) });
    expect(JSON.parse(analysed)).toMatchObject({ analysis: { verdict: document.verdict } });
  });
});

describe('a run that somebody has ended for the sake of others', () => {
  it.each<[Stopper | undefined, string]>([
    ['others', 'Next: repeat with a tighter --max-impact, or when others leave more room.'],
    [
      'stop-if',
      'Next: repeat when the command of --stop-if lets a run go on; if it could not be asked, mend it first.',
    ],
    ['disk-user', 'Next: end what has opened the disk, or give another disk up, and repeat.'],
    // Of a version that did not say.
    [undefined, 'Next: repeat when what ended it is over.'],
  ])('says what to do by who that was: %s', async (by, next) => {
    const { exit, document } = await runWith('slices', new StoppedError('impact', 'stopped', by));
    expect(exit).toBe('impact');
    expect(document.cutShort).toEqual({ phase: 'slices', why: 'stopped', by: by ?? null });
    expect(document.next).toBe(next);
  });

  it('knows that it was other tenants', async () => {
    const change: Change = (_, { spareOthers }) => ({
      spareOthers: (host, points, stop) => {
        stop('stopped to spare others');
        return spareOthers(host, points, stop);
      },
    });
    const { exit, printed } = await perform({ at: undefined, act: () => undefined, options: {}, change });
    expect(exit).toBe('impact');
    expect(reportSchema.parse(JSON.parse(printed)).cutShort).toMatchObject({ by: 'others' });
  });

  it('knows that it was the command of --stop-if', async () => {
    const change: Change = (clock, { openSession, readFacts }) => {
      let stopped: Promise<unknown> = Promise.resolve();
      return {
        openSession: (id, options) => {
          stopped = once(options.stop, 'abort');
          return openSession(id, options);
        },
        // A program takes its time.
        readFacts: () => clock.whileReal(stopped).then(readFacts),
      };
    };
    const options = { stopIf: 'exit 0' };
    const { exit, printed } = await perform({ at: undefined, act: () => undefined, options, change });
    expect(exit).toBe('impact');
    expect(reportSchema.parse(JSON.parse(printed)).cutShort).toMatchObject({ by: 'stop-if' });
  });
});

describe('what comes after the verdict', () => {
  it('goes on when a part of it fails: the check is still made', async () => {
    const { document } = await runWith('caps', new LoadError('fio did not come up'));
    expect(document.recheck).toMatchObject({ holds: true });
    expect(log.filter((what) => what.startsWith('checking again'))).not.toEqual([]);
  });

  it('does not go on when the run is told to stop', async () => {
    const { document } = await runWith('neighbours', new StoppedError('interrupt', 'stopped by SIGINT'));
    expect(document).toMatchObject({ recheck: null, caps: null });
  });

  it('is told as far as it was measured', async () => {
    const { document } = await runWith('caps', new StoppedError('deadline', 'too late'));
    expect(document.caps?.points).toBeGreaterThan(0);
  });
});

it('a pilot that refuses gives a document with its reason', async () => {
  const { document, exit } = await runWith('pilot', new UnsteadyError({ message: 'goodput takes 9 s to settle' }));
  expect(exit).toBe('inconclusive');
  expect(document.sentence).toContain('goodput takes 9 s to settle');
});

describe('a run that raises all anew for each slice', () => {
  const cold = { cold: true, neighbours: false } as const;

  it('tells its verdict, or what it knows', async () => {
    expect(await runWith(undefined, undefined, cold)).toMatchObject({
      exit: 'ok',
      document: { cutShort: null, verdict: { kind: 'lever', layer: 'ring' } },
    });
  });

  it('that fails after its first slice has failed in mid-run', async () => {
    const { exit, document } = await runWith('slices', new HostError('no device'), cold);
    expect(exit).toBe('host-failed');
    expect(document).toMatchObject({ cutShort: { phase: 'slices', why: 'no device' }, slices: 3 });
  });
});

describe('a run that looks for caps alone', () => {
  it.each<[Phase, RegExp]>([
    ['slices', /^Cannot tell yet: the run was cut short: stopped by SIGTERM\.$/],
    ['caps', /./],
  ])('and is stopped in %s gives a document', async (phase, sentence) => {
    const stop = new StoppedError('terminate', 'stopped by SIGTERM');
    const { exit, document } = await runWith(phase === 'slices' ? /^slice 1 / : phase, stop, {
      caps: true,
      neighbours: false,
    });
    expect(exit).toBe('terminate');
    expect(document).toMatchObject({ verdict: { kind: 'not-asked' }, cutShort: { phase } });
    expect(document.sentence).toMatch(sentence);
    expect(document.caps === null).toBe(phase === 'slices');
  });
});

it('a report that cannot be written is printed all the same', async () => {
  const act = (): void => rmSync(join(runs, readdirSync(runs)[0] ?? ''), { recursive: true });
  const { printed } = await perform({ at: 'check', act, options: {} });
  expect(reportSchema.parse(JSON.parse(printed))).toMatchObject({
    exit: { name: 'output' },
    verdict: { kind: 'lever', layer: 'ring' },
  });
});
