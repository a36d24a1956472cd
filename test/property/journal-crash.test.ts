// Whatever a run does, wherever it fails or dies: what its journal says is enough to bring the machine back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldOutstanding, type Outstanding } from '../../agent/host/journal/journal.ts';
import { liveHost } from '../../agent/host/live.ts';
import { renderStep, type Step } from '../../agent/host/step.ts';
import type { SpawnStep } from '../../agent/host/steps/spawn.ts';
import { unwind, type UnwindReport } from '../../agent/host/journal/unwind.ts';
import { StoppedError } from '../../agent/lib/errors.ts';
import { type Machine, makeMachine, restarted, thingOf, type UndoFault } from '../support/fake-host.ts';

type Applied = Exclude<Step, SpawnStep>;

const why = 'a test';
const table = (sectors: number) => [{ start: 0, length: sectors, type: 'linear', params: '/dev/q 0' }];

/** What others have made before the run; none of it may change. */
const start: readonly (readonly [string, string])[] = [
  ['/d', 'folder'],
  ['/d#power', '7'],
  ['/knob', 'theirs'],
  ['/other', 'theirs too'],
  ['/offer', 'as offered'],
  ['dm z', 'theirs'],
  ['module o', 'loaded'],
];

/** In an order in which all can succeed, save for those that others were first to make. */
const catalogue: readonly Applied[] = [
  { kind: 'module', name: 'm', why },
  { kind: 'module', name: 'o', why },
  { kind: 'mkdir', path: '/a', why },
  { kind: 'write', path: '/a#size', value: '1', restore: 'never', why },
  { kind: 'write', path: '/a#power', value: '1', restore: { value: '0' }, why },
  { kind: 'mkdir', path: '/a/b', why },
  { kind: 'write', path: '/knob', value: 'ours', restore: 'prior', why },
  { kind: 'write', path: '/other', value: 'theirs too', restore: 'prior', why },
  { kind: 'write', path: '/offer', value: 'for ours', restore: 'prior', why },
  { kind: 'write', path: '/offer', value: 'as offered', restore: 'never', ends: true, why },
  { kind: 'exec', argv: ['add'], undo: ['del'], witness: { path: '/run/link' }, why },
  { kind: 'exec', argv: ['attach'], witness: { parent: '/run/link' }, why },
  { kind: 'mkdir', path: '/a/b/c', why },
  { kind: 'module', name: 'm', why },
  { kind: 'dm-create', name: 'x', uuid: 'x', table: table(1), why },
  { kind: 'dm-swap', name: 'x', table: table(2), why },
  { kind: 'dm-create', name: 'y', uuid: 'y', table: table(1), why },
  { kind: 'dm-swap', name: 'y', table: table(2), why },
  { kind: 'dm-swap', name: 'x', table: table(1), why },
  { kind: 'mkdir', path: '/d/e', why },
];
const theirs: readonly Applied[] = [
  { kind: 'mkdir', path: '/d', why },
  { kind: 'dm-create', name: 'z', uuid: 'z', table: table(1), why },
];

const steps = fc.oneof(
  { arbitrary: fc.subarray([...catalogue], { minLength: 4 }), weight: 3 },
  { arbitrary: fc.shuffledSubarray([...catalogue, ...theirs]), weight: 1 },
);

const run = fc.record({
  steps,
  /** From and to which step an inner scope reaches. */
  inner: fc.tuple(fc.nat(18), fc.nat(18)),
  /** Before which step the run is told to stop. */
  stopAt: fc.option(fc.nat(18), { nil: undefined, freq: 1 }),
  failingActs: fc.array(
    fc.tuple(fc.nat(16), fc.constantFrom('before its effect' as const, 'after its effect' as const)),
    {
      maxLength: 1,
    },
  ),
});
type Run = typeof run extends fc.Arbitrary<infer R> ? R : never;

// A module may stay without a word: others may have come to use it.
const stuck = fc
  .dictionary(
    fc.constantFrom('/a', '/a/b/c', '/knob', 'dm x', 'module m', '/run/link'),
    fc.constantFrom<UndoFault>('throws', 'does nothing'),
    { minKeys: 1, maxKeys: 2 },
  )
  .filter((faults) => faults['module m'] !== 'does nothing');

/** Runs to the end or to the machine's death; true if it lived. */
async function perform(machine: Machine, plan: Run): Promise<boolean> {
  for (const [number, fault] of plan.failingActs) machine.faults.act.set(number, fault);
  const stop = new AbortController();
  const host = liveHost({ ...machine, stop: stop.signal });
  const from = Math.min(...plan.inner);
  const to = Math.max(...plan.inner);
  const applyAll = async (first: number, end: number): Promise<void> => {
    for (const [i, one] of plan.steps.entries()) {
      if (i < first || i >= end) continue;
      if (i === plan.stopAt) stop.abort(new StoppedError('interrupt', 'stopped'));
      await host.apply(one);
    }
  };
  const body = host.scope(async () => {
    await applyAll(0, from);
    await host.scope(() => applyAll(from, to));
    await applyAll(to, Infinity);
  });
  // Failing and being stopped are fine: what counts is the machine afterwards.
  return lives(
    machine,
    body.catch(() => undefined),
  );
}

async function lives(machine: Machine, work: Promise<unknown>): Promise<boolean> {
  return Promise.race([machine.died.then(() => false), work.then(() => true)]);
}

async function recover(machine: Machine): Promise<UnwindReport | undefined> {
  const outstanding = foldOutstanding(machine.records);
  const work = unwind(outstanding, machine);
  return (await lives(machine, work)) ? work : undefined;
}

function thingsOf(machine: Machine): readonly (readonly [string, string])[] {
  return [...machine.things].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Dies, is started again, dies, ... and at last recovers in peace. */
async function recoverThrough(deaths: readonly number[], machine: Machine): Promise<Machine> {
  let now = machine;
  for (const diesAt of deaths) {
    now = restarted(now, diesAt);
    await recover(now);
  }
  now = restarted(now);
  await recover(now);
  return now;
}

const options = { seed: 21, numRuns: 400 };
const initial = [...start].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a run', () => {
  it('that lives leaves the machine as it found it, whatever failed', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (plan) => {
        const machine = makeMachine(start);
        expect(await perform(machine, plan)).toBe(true);
        expect(thingsOf(machine)).toEqual(initial);
        expect(foldOutstanding(machine.records)).toEqual([]);
      }),
      options,
    );
  });

  it('that dies anywhere is undone by its journal, however often the recovery dies as well', async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(run, fc.nat(150), fc.array(fc.nat(25), { maxLength: 3 }), async (plan, diesAt, more) => {
        const machine = makeMachine(start, diesAt);
        if (!(await perform(machine, plan))) deaths++;
        const recovered = await recoverThrough(more, machine);
        expect(thingsOf(recovered)).toEqual(initial);
        expect(foldOutstanding(recovered.records)).toEqual([]);
      }),
      options,
    );
    // Else this would test nothing.
    expect(deaths).toBeGreaterThan(options.numRuns / 3);
  });

  it('is recovered once: the second time nothing is touched', async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.nat(150), async (plan, diesAt) => {
        const machine = makeMachine(start, diesAt);
        await perform(machine, plan);
        const first = restarted(machine);
        await recover(first);
        const second = restarted(first);
        expect(await recover(second)).toEqual({ undone: 0, residue: [] });
        expect(second.log).toEqual([]);
        expect(thingsOf(second)).toEqual(thingsOf(first));
      }),
      options,
    );
  });

  it('is undone newest first, each step once', async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.nat(150), async (plan, diesAt) => {
        const machine = makeMachine(start, diesAt);
        await perform(machine, plan);
        const outstanding = foldOutstanding(machine.records).map(({ seq }) => seq);
        const next = restarted(machine);
        await recover(next);
        const undoing = next.records.slice(machine.records.length).filter(({ type }) => type === 'undoing');
        expect(undoing.map((record) => ('seq' in record ? record.seq : -1))).toEqual(outstanding.toReversed());
      }),
      options,
    );
  });

  it('is undone as far as can be when some steps cannot: each of those is named with its line, and nothing else stays', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(run, fc.nat(150), stuck, async (plan, diesAt, faults) => {
        const machine = makeMachine(start, diesAt);
        await perform(machine, plan);
        const next = restarted(machine);
        for (const [thing, fault] of Object.entries(faults)) next.faults.undo.set(thing, fault);
        const report = await recover(next);
        const left = foldOutstanding(next.records);
        seen += left.length;
        expect(report?.residue).toEqual(left.toReversed().map((entry) => expectedResidue(entry)));
        // A folder stays when what is in it stays.
        for (const { step: one } of left) {
          const culprits = Object.keys(faults).filter((thing) => thing.startsWith(thingOf(one)));
          expect(culprits).not.toEqual([]);
        }
        const ours = thingsOf(next).filter(([thing, value]) => !start.some(([a, b]) => a === thing && b === value));
        const named = left.map((entry) => thingOf(entry.step));
        expect(ours.filter(([thing]) => !named.some((name) => thing === name || thing.startsWith(`${name}#`)))).toEqual(
          [],
        );

        const later = restarted(next);
        await recover(later);
        expect(thingsOf(later)).toEqual(initial);
      }),
      options,
    );
    expect(seen).toBeGreaterThan(options.numRuns / 10);
  });
});

function expectedResidue({ step: one, prior }: Outstanding): unknown {
  const { act, undo } = renderStep(one, prior);
  return { message: expect.stringContaining(`cannot undo \`${act}\`: `) as string, hint: `by hand: ${undo ?? ''}` };
}
