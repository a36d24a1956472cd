// Two runs side by side, as people see it and as a pipeline does. UPDATE_GOLDEN=1 writes the texts anew.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../agent/findings/findings.ts';
import type { Knob } from '../../../agent/knobs/knob.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import type { RunRecords } from '../../../agent/records/run-records.ts';
import { knobChanges } from '../../../agent/report/comparison/caps.ts';
import {
  type ComparedRun,
  compareRuns,
  type Comparison,
  exitOf,
  outcomeOf,
} from '../../../agent/report/comparison/comparison.ts';
import { differencesOf } from '../../../agent/report/comparison/differences.ts';
import { comparisonText } from '../../../agent/report/comparison/words.ts';
import { documentOf } from '../../../agent/report/document/of-run.ts';
import { planOf, slicesOf } from '../../support/documents.ts';
import { capsDesign, simulateCaps } from '../../support/caps-simulator.ts';

const folder = new URL('../../golden/comparison/', import.meta.url);
const layers: readonly Layer[] = ['media', 'network', 'ring'];

interface Told {
  readonly name: string;
  /** Useful I/O a second by the stubbed layers. */
  readonly goodput: (stubbed: readonly Layer[]) => number;
  /** I/Os in flight that the ring allows. */
  readonly cap?: number;
  readonly changes?: Partial<RunRecords['meta']>;
  readonly guests?: number;
  readonly blocks?: number;
}

const ring = (speed: number, lift: number) => (stubbed: readonly Layer[]) =>
  speed * (stubbed.includes('ring') ? lift : 1) * (stubbed.includes('media') ? 1.02 : 1);
const before: Told = { name: 'a1', goodput: ring(4000, 2), cap: 64 };

const pairs = {
  worse: [before, { name: 'b1', goodput: ring(3000, 2.6), cap: 32 }],
  better: [before, { name: 'b2', goodput: ring(7600, 1.05), cap: 128, changes: { labels: { phase: 'after' } } }],
  'no-worse': [before, { name: 'b3', goodput: ring(4020, 2) }],
  apart: [before, { name: 'b4', goodput: ring(2000, 2), guests: 1 }],
} as const satisfies Record<string, readonly [Told, Told]>;

describe.each(Object.entries(pairs))('two runs of which the second is %s', (name, [first, second]) => {
  const found = compareRuns(told(first), told(second));

  it('are told so', () => expect(found.outcome).toBe(name));

  it('print what is kept', () => {
    const [file, printed] = [new URL(`${name}.txt`, folder), comparisonText(found)];
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, printed);
    }
    expect(printed).toBe(readFileSync(file, 'utf8'));
  });
});

describe('a pipeline', () => {
  it('is stopped by a second run that is worse alone', () => {
    const exits = (['worse', 'better', 'no-worse', 'unclear', 'apart'] as const).map((outcome) => exitOf({ outcome }));
    expect(exits).toEqual(['worse', 'ok', 'ok', 'inconclusive', 'inconclusive']);
  });

  it.each([
    ['worse', { estimate: 0.8, low: 0.7, high: 0.9 }],
    ['unclear', { estimate: 0.97, low: 0.93, high: 0.99 }],
    ['unclear', { estimate: 0.8, low: 0.6, high: 1.1 }],
    ['no-worse', { estimate: 0.98, low: 0.96, high: 0.99 }],
    ['no-worse', { estimate: 1.02, low: 0.99, high: 1.05 }],
    ['better', { estimate: 1.2, low: 1.1, high: 1.3 }],
    ['no-worse', { estimate: 1.03, low: 1.01, high: 1.05 }],
    ['unclear', null],
  ] as const)('is told "%s" of a change of goodput by %j with a tolerance of 5 %%', (outcome, change) => {
    expect(outcomeOf(change, 1.05)).toBe(outcome);
  });

  it('is told nothing of runs that measured one block each', () => {
    const [first, second] = [told({ ...before, blocks: 1 }), told({ ...pairs.worse[1], blocks: 1 })];
    expect(compareRuns(first, second)).toMatchObject({
      outcome: 'unclear',
      goodput: [{ what: 'baseline', change: null }, {}, {}, {}, {}],
    });
  });

  it('may let a loss pass', () => {
    const [first, second] = pairs.worse;
    const outcomes = [1.05, 1.5].map((tolerance) => compareRuns(told(first), told(second), tolerance).outcome);
    expect(outcomes).toEqual(['worse', 'no-worse']);
  });
});

describe('what differs', () => {
  const [worse, better] = [compared('worse'), compared('better')];

  it('in lifts has an interval that the truth lies in', () => {
    const change = better.lifts.find(({ layer }) => layer === 'ring')?.change;
    expect(change?.low).toBeLessThan(1.05 / 2);
    expect(change?.high).toBeGreaterThan(1.05 / 2);
    expect(change?.high).toBeLessThan(1);
  });

  it('in caps is told where the intervals do not meet, and nowhere else', () => {
    expect(worse.caps.filter(({ changed }) => changed === true).map(({ of }) => of)).toEqual(['stack', 'ring']);
    expect(compareRuns(told(before), told(before)).caps.filter(({ changed }) => changed !== false)).toEqual([]);
  });

  it('in settings is found whatever number the adapter got', () => {
    expect(knobChanges([canQueue('64', 0)], [canQueue('128', 3)])).toEqual([
      { layer: 'ring', name: 'can_queue', where: '/sys/class/scsi_host/host3/can_queue', from: '64', to: '128' },
    ]);
    expect(knobChanges([canQueue('64', 0)], [canQueue('64', 1), canQueue('64', 2)])).toEqual([]);
    expect(knobChanges([], [canQueue('64', 0)])).toEqual([]);
  });

  it('in a setting that implies no limit is found too', () => {
    const [where, name] = ['/sys/block/sda/queue/nomerges', 'nomerges'];
    const merging = (value: string): Knob => ({
      ...{ id: 'blk.merge', layer: 'media', name, where, value, defaultValue: '0', atDefault: value === '0' },
      ...{ device: 'sda', scope: 'device', change: { how: `echo N >${where}`, isCommand: true } },
    });
    expect(knobChanges([merging('0')], [merging('2')])).toEqual([{ layer: 'media', name, where, from: '0', to: '2' }]);
  });

  it('in plain values is named leaf by leaf, and layers by their names', () => {
    const from = {
      stack: [
        { layer: 'media', depth: 1 },
        { layer: 'ring', depth: 64 },
      ],
      seed: 1,
      gone: { a: 1 },
    };
    const to = { stack: [{ layer: 'ring', depth: 128 }], seed: 1, new: 'x' };
    expect(differencesOf(from, to)).toEqual([
      { path: 'stack[media]', from: '{"layer":"media","depth":1}', to: null },
      { path: 'stack[ring].depth', from: '64', to: '128' },
      { path: 'gone', from: '{"a":1}', to: null },
      { path: 'new', from: null, to: 'x' },
    ]);
  });
});

function compared(name: keyof typeof pairs): Comparison {
  const [first, second] = pairs[name];
  return compareRuns(told(first), told(second));
}

function told({ name, goodput, cap, changes, guests = 2, blocks = 4 }: Told): ComparedRun {
  const plan = planOf(layers, 40);
  const design = capsDesign({ layers: ['network', 'ring'], guests: 2, budgetPoints: 40 });
  const truth = { ring: { cap: { size: cap ?? 64, scope: 'host-wide' } } } as const;
  const { observations } = simulateCaps({ host: { truth }, design, noise: 'iid', cv: 0.005, seed: 1 });
  const records: RunRecords = {
    plan: { ...plan, profile: { ...plan.profile, guests: plan.profile.guests.slice(0, guests) } },
    meta: {
      ...{ version: 1, run: name, tool: '0.1.0', startedAt: '2026-01-02T03:04:00.000Z', caveats: [] },
      ...{
        endedAt: '2026-01-02T03:09:00.000Z',
        host: { hostname: 'hv1', kernel: `6.12.${name.slice(1)}`, cpuUse: { user: 1 } },
      },
      ...changes,
    },
    slices: slicesOf({ layers, goodput, wobble: 0.004, blocks }),
    rechecked: [],
    ...(cap === undefined
      ? {}
      : {
          caps: {
            version: 1,
            design: { ...design, layers: [...design.layers], longer: [] },
            observations: [...observations],
            depths: [64, 64],
            knobs: [canQueue(`${cap}`, 0)],
          },
        }),
  };
  return { records, report: documentOf(records, findingsOf(records), `runs/20260102T030400Z-${name}`) };
}

function canQueue(value: string, host: number): Knob {
  return {
    ...{
      id: 'tcm.canq',
      layer: 'ring',
      name: 'can_queue',
      where: `/sys/class/scsi_host/host${host}/can_queue`,
    },
    ...{
      value,
      defaultValue: '1024',
      atDefault: false,
      limit: Number(value),
      scope: 'host',
      change: { how: 'echo N >can_queue', isCommand: true },
    },
  };
}
