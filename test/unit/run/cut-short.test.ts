// Every way in which a run can end early, in each of its parts: what was known by then is told, on stdout and in the folder.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { analyseFolder, reportFolder } from '../../../agent/cli/commands/analyse.ts';
import { run, type RunOptions } from '../../../agent/cli/commands/run.ts';
import type { Experiment } from '../../../agent/experiment/context.ts';
import type { SlicePlace } from '../../../agent/experiment/measure-slice.ts';
import type { Phase } from '../../../agent/records/phase.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { dryHost } from '../../../agent/host/dry.ts';
import {
  HostError,
  LayerliftError,
  LoadError,
  OutputError,
  ResidueError,
  StoppedError,
  UnsteadyError,
} from '../../../agent/lib/errors.ts';
import type { ExitName } from '../../../agent/lib/exit-codes.ts';
import { isRecord } from '../../../agent/lib/record.ts';
import type { Load } from '../../../agent/load/drive.ts';
import { reportSchema, type ReportDocument } from '../../../agent/report/document/document.ts';
import { probeDesign, simulateProbe } from '../../support/caps-simulator.ts';

interface World {
  /** What fails, and where. */
  at: Phase | undefined;
  failure: Error | undefined;
  /** What else happens there. */
  also: () => void;
  /** What happened, in its order. */
  readonly log: string[];
  loads: number;
  apart: boolean;
  gauges: boolean;
  slices: number;
}

const nothing = (): void => undefined;

const world: World = {
  at: undefined,
  failure: undefined,
  also: nothing,
  log: [],
  loads: 0,
  apart: false,
  gauges: false,
  slices: 0,
};

function failAt(phase: Phase): void {
  world.log.push(phase);
  if (world.at !== phase) return;
  world.also();
  if (world.failure !== undefined) throw world.failure;
}

const { load, sliceOf } = vi.hoisted(() => ({
  load: {} as { make: () => Load },
  sliceOf: {} as { make: (place: SlicePlace) => SliceRecord },
}));

load.make = () => ({
  ...{ cgroup: '/sys/fs/cgroup/x', notes: ['a note of the load'], verifies: false, running: () => [1, 2, 3, 4] },
  died: new Promise<never>(() => undefined),
  snapshots: () => Promise.resolve([]),
  letRun: () => {
    world.apart = true;
    return Promise.resolve();
  },
  stop: () => Promise.resolve(),
});

sliceOf.make = ({ seq, block, arm }) => {
  world.slices++;
  vi.advanceTimersByTime(10_000);
  const goodput = (arm.stubbed.includes('ring') ? 3000 : 1000) * (1 + 0.01 * Math.sin(3 * world.slices));
  const guests = [1, 2, 3, 4].map((guest) => ({
    ...{ guest, elapsedMs: 3000, ios: goodput, bytes: 4096 * goodput, errors: 0, meanLatencyNs: 1e6, useful: goodput },
    objectiveNs: null,
  }));
  return {
    ...{
      version: 1,
      seq,
      block,
      arm: arm.id,
      startedAt: new Date().toISOString(),
    },
    ...{ switchMs: 10, goodput, attainment: null, latencyNs: null, guests, junctions: [], measurements: {} },
    ...{ caveats: [], voided: null },
  };
};

vi.mock('../../../agent/run/preflight.ts', () => ({ preflight: () => Promise.resolve() }));
vi.mock('../../../agent/run/spare-others.ts', () => ({
  spareOthers: () =>
    Promise.resolve({
      ...{ canSee: true, notes: () => [], end: () => undefined },
      ...{
        suffering: () => new Promise(() => undefined),
        isSuffering: () => false,
        findCause: () => Promise.resolve(),
      },
    }),
}));
vi.mock('../../../agent/host/facts/facts.ts', () => ({ readFacts: () => Promise.resolve({ kernel: 'Linux' }) }));
vi.mock('../../../agent/host/session/session.ts', () => ({
  openSession: () => {
    const host = dryHost();
    return Promise.resolve({
      host: {
        ...host,
        scope: async (body: () => Promise<unknown>) => {
          const result = await body();
          return result;
        },
      },
      journal: { path: '/dev/null' },
      caveats: [],
      close: ({ clean }: { clean: boolean }) => world.log.push(clean ? 'closed' : 'closed with residue'),
    });
  },
}));
vi.mock('../../../agent/stack/raise.ts', async (original) => ({
  ...(await original()),
  raiseStack: () => {
    failAt('raising');
    return Promise.resolve({ lanes: [], junctions: [], forms: [] });
  },
}));
vi.mock('../../../agent/load/drive.ts', async (original) => ({
  ...(await original()),
  raiseRootCgroup: () => Promise.resolve(),
  startLoad: () => {
    world.loads++;
    world.apart = false;
    return Promise.resolve(load.make());
  },
}));
vi.mock('../../../agent/experiment/pilot.ts', () => ({
  afterPilot: (_: unknown, experiment: unknown) => {
    failAt('pilot');
    return Promise.resolve(experiment);
  },
}));
vi.mock('../../../agent/experiment/measure-slice.ts', () => ({
  measureSlice: (_: unknown, __: unknown, place: SlicePlace) => {
    // In the middle of each part.
    const phase = world.apart ? 'neighbours' : world.loads > 1 ? 'check' : 'slices';
    // The gauge of a run for caps alone has two slices.
    if (place.seq > 2 || (place.seq === 1 && world.gauges)) failAt(phase);
    return Promise.resolve(sliceOf.make(place));
  },
}));
vi.mock('../../../agent/knobs/registry.ts', () => ({ readKnobs: () => Promise.resolve({ knobs: [], failed: [] }) }));
vi.mock('../../../agent/experiment/caps-probe.ts', () => ({
  runProbe: ({ experiment }: { experiment: Experiment }) => {
    const design = probeDesign({ layers: ['network', 'blockstack', 'ring'], guests: 4, budgetPoints: 60 });
    const simulation = { host: { truth: {} }, design, noise: 'iid', cv: 0.01, seed: 1 } as const;
    // Over whatever delay the plan has.
    const observations = simulateProbe(simulation).observations.map(
      ({ visit, depth, subject, delay, guests, goodput }) => ({ visit, depth, subject, delay, guests, goodput }),
    );
    const visits = [...new Set(observations.map(({ visit }) => visit))];
    for (const visit of visits) {
      if (visit === visits.at(-1)) failAt('caps');
      experiment.recordVisit(observations.filter((one) => one.visit <= visit));
    }
    return Promise.resolve();
  },
}));

let runs = '';
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 2) });
  runs = mkdtempSync(join(tmpdir(), 'layerlift-cut-'));
  Object.assign(world, {
    at: undefined,
    failure: undefined,
    also: nothing,
    loads: 0,
    apart: false,
    gauges: false,
    slices: 0,
  });
  world.log.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(runs, { recursive: true, force: true });
});

interface Seen {
  readonly exit: ExitName;
  readonly document: ReportDocument;
  readonly printed: string;
  readonly folder: string;
}

async function runWith(at: Phase | undefined, failure?: Error, more: Partial<RunOptions> = {}): Promise<Seen> {
  Object.assign(world, { at, failure, gauges: more.caps === true });
  let printed = '';
  const ended = run({
    ...{ profile: 'profiles/demo.yaml', runs, seed: 1, cold: false, budgetMs: 1_200_000, deadlineMs: undefined },
    ...{ neighbours: true, format: 'json', quiet: true, verbose: false },
    print: (text) => {
      world.log.push('printed');
      printed += text;
    },
    ...more,
  });
  const exit = await ended.catch((thrown: unknown) =>
    thrown instanceof LayerliftError ? thrown.exit : ('internal' as const),
  );
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
    expect(world.log.slice(-2)).toEqual(['closed', 'printed']);
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
    const [closed, told] = world.log.slice(-2);
    expect([closed, told]).toEqual([name === 'residue' ? 'closed with residue' : 'closed', 'printed']);
    let again = '';
    reportFolder({ folder, format: 'json', print: (text) => (again += text) });
    expect(again).toBe(printed);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(printed);
    let analysed = '';
    analyseFolder({ folder, print: (text) => (analysed += text) });
    expect(JSON.parse(analysed)).toMatchObject({ analysis: { verdict: document.verdict } });
  });
});

describe('what comes after the verdict', () => {
  it('goes on when a part of it fails: the check is still made', async () => {
    const { document } = await runWith('caps', new LoadError('fio did not come up'));
    expect(document.recheck).toMatchObject({ holds: true });
    expect(world.log).toContain('check');
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
    world.loads = -100;
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
    const { exit, document } = await runWith(phase, stop, { caps: true, neighbours: false });
    expect(exit).toBe('terminate');
    expect(document).toMatchObject({ verdict: { kind: 'not-asked' }, cutShort: { phase } });
    expect(document.sentence).toMatch(sentence);
    expect(document.caps === null).toBe(phase === 'slices');
  });
});

it('a report that cannot be written is printed all the same', async () => {
  world.also = () => rmSync(join(runs, readdirSync(runs)[0] ?? ''), { recursive: true });
  let printed = '';
  const print = (text: string): unknown => (printed += text);
  // What it prints goes past the reader of `runWith`, which then has nothing to decode.
  await runWith('check', undefined, { print }).catch(() => undefined);
  expect(reportSchema.parse(JSON.parse(printed))).toMatchObject({
    exit: { name: 'output' },
    verdict: { kind: 'lever', layer: 'ring' },
  });
});
