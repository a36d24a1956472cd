import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { foldOutstanding } from '../../../agent/host/journal/journal.ts';
import { liveHost } from '../../../agent/host/live.ts';
import type { LeftToOthers } from '../../../agent/host/steps/verb.ts';
import { unwind } from '../../../agent/host/journal/unwind.ts';
import type { Host } from '../../../agent/host/host.ts';
import type { Step } from '../../../agent/host/step.ts';
import type { SpawnStep } from '../../../agent/host/steps/spawn.ts';
import { HostError, LoadError, ResidueError, StoppedError } from '../../../agent/lib/errors.ts';
import { type Machine, makeMachine } from '../../support/fake-host.ts';

type Applied = Exclude<Step, SpawnStep>;
const why = 'a test';
const mkdir = (path: string): Applied => ({ kind: 'mkdir', path, why });
const table = [{ start: 0, length: 8, type: 'linear', params: '/dev/q 0' }];

let machine: Machine;
let stop: AbortController;
let lines: string[];
let host: Host;
beforeEach(() => {
  machine = makeMachine([['/theirs', 'folder']]);
  stop = new AbortController();
  lines = [];
  host = liveHost({
    ...machine,
    stop: stop.signal,
    onStep: (what, line) => void lines.push(`${what} ${line}`),
  });
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
}

describe('applying a step', () => {
  it('writes down the intent before it acts, and that it is done after', async () => {
    await host.apply(mkdir('/a'));
    expect(machine.records).toEqual([
      { type: 'intent', seq: 0, step: mkdir('/a'), prior: '' },
      { type: 'done', seq: 0 },
    ]);
  });

  it('gives the node that the step made', async () => {
    expect(await host.apply({ kind: 'dm-create', name: 'x', uuid: 'x', table, why })).toBe('/dev/x');
  });

  it('refuses what is there already, and never undoes it', async () => {
    const failure = await failureOf(host.scope(() => host.apply(mkdir('/theirs'))));
    expect(failure).toBeInstanceOf(HostError);
    expect(failure).toMatchObject({
      message: expect.stringContaining('`mkdir /theirs`: it is already there') as string,
    });
    expect(machine.records).toEqual([]);
    expect(machine.things.has('/theirs')).toBe(true);
  });

  it('does nothing for a module that others have loaded, and leaves it loaded', async () => {
    machine.things.set('module m', 'loaded');
    await host.scope(() => host.apply({ kind: 'module', name: 'm', why }));
    expect(machine.log).toEqual([]);
    expect(machine.records).toEqual([]);
  });

  it('tells every step and every undo, as lines', async () => {
    await host.scope(() => host.apply(mkdir('/a')));
    expect(lines).toEqual(['apply mkdir /a', 'undo rmdir /a']);
  });

  it('is over once a swap has settled: it is not swapped back', async () => {
    await host.scope(async () => {
      await host.apply({ kind: 'dm-create', name: 'x', uuid: 'x', table, why });
      await host.apply({ kind: 'dm-swap', name: 'x', table, why });
      expect(foldOutstanding(machine.records).map(({ seq }) => seq)).toEqual([0]);
    });
    expect(machine.log).toEqual(['act dm x', 'act dm x#suspended', 'undo dm x']);
  });
});

describe('a scope', () => {
  it('gives what its body gives, and unwinds newest first', async () => {
    const work = host.scope(async () => {
      await host.apply(mkdir('/a'));
      await host.apply(mkdir('/a/b'));
      return 7;
    });
    expect(await work).toBe(7);
    expect(machine.log).toEqual(['act /a', 'act /a/b', 'undo /a/b', 'undo /a']);
  });

  it('unwinds its own steps and leaves those of the scope around it', async () => {
    await host.scope(async () => {
      await host.apply(mkdir('/a'));
      await host.scope(() => host.apply(mkdir('/a/b')));
      expect([...machine.things.keys()].filter((thing) => !thing.includes('#'))).toEqual(['/theirs', '/a']);
      await host.apply(mkdir('/c'));
    });
    expect(machine.log).toEqual(['act /a', 'act /a/b', 'undo /a/b', 'act /c', 'undo /c', 'undo /a']);
  });

  it('also unwinds what failed half-way, and passes the failure on', async () => {
    machine.faults.act.set(1, 'after its effect');
    const work = host.scope(async () => {
      await host.apply(mkdir('/a'));
      await host.apply(mkdir('/a/b'));
    });
    expect(await failureOf(work)).toMatchObject({ message: 'failed half-way' });
    expect([...machine.things]).toEqual([['/theirs', 'folder']]);
  });

  it('keeps the class of a failure, so that its exit code is kept', async () => {
    const failure = new LoadError('fio died');
    expect(await failureOf(host.scope(() => Promise.reject(failure)))).toBe(failure);
  });

  it('tells what it could not undo, with the first failure, and goes on with the rest', async () => {
    machine.faults.undo.set('/b', 'throws');
    const first = new LoadError('fio died');
    const work = host.scope(async () => {
      for (const path of ['/a', '/b', '/c']) await host.apply(mkdir(path));
      throw first;
    });
    const failure = await failureOf(work);
    expect(failure).toBeInstanceOf(ResidueError);
    expect(failure).toMatchObject({
      exit: 'residue',
      cause: first,
      problems: [
        { message: 'first: fio died' },
        { message: 'cannot undo `mkdir /b`: EBUSY for ever', hint: 'by hand: rmdir /b' },
      ],
    });
    expect(machine.things.has('/a') || machine.things.has('/c')).toBe(false);
    expect(foldOutstanding(machine.records).map(({ step }) => step)).toEqual([mkdir('/b')]);
  });

  it('is not content with an undo that says nothing and does nothing', async () => {
    machine.faults.undo.set('/a', 'does nothing');
    expect(await failureOf(host.scope(() => host.apply(mkdir('/a'))))).toMatchObject({
      problems: [{ message: 'cannot undo `mkdir /a`: it is still there afterwards' }],
    });
  });

  it('takes what has gone by itself as undone', async () => {
    await host.scope(async () => {
      await host.apply(mkdir('/a'));
      machine.things.delete('/a');
    });
    expect(machine.log).toEqual(['act /a']);
    expect(foldOutstanding(machine.records)).toEqual([]);
  });

  it('leaves a module without a word that others have come to use', async () => {
    machine.faults.undo.set('module m', 'does nothing');
    await host.scope(() => host.apply({ kind: 'module', name: 'm', why }));
    expect(machine.things.has('module m')).toBe(true);
  });

  it('waits for a swap under way before it unwinds, and loses no step of the scope around it', async () => {
    const order: string[] = [];
    let arrived = (): void => undefined;
    let release = (): void => undefined;
    const started = new Promise<void>((resolve) => (arrived = resolve));
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { verbOf } = machine.kinds;
    machine.kinds.verbOf = (step) => {
      if (step.kind !== 'dm-swap') return verbOf(step);
      const act = async (): Promise<string> => {
        arrived();
        await gate;
        order.push('swapped');
        return '';
      };
      return { ...verbOf(step), act };
    };
    await host.scope(async () => {
      await host.apply(mkdir('/a'));
      await host.scope(async () => {
        void host.apply({ kind: 'dm-swap', name: 'x', table, why });
        await started;
        // Later than everything that an unwind of nothing would need.
        setImmediate(release);
      });
      order.push('unwound');
    });
    expect(order).toEqual(['swapped', 'unwound']);
    expect(machine.things.has('/a')).toBe(false);
  });
});

describe('being told to stop', () => {
  const stopped = new StoppedError('interrupt', 'stopped by SIGINT');

  it('ends the body at its next step, and unwinds', async () => {
    const work = host.scope(async () => {
      await host.apply(mkdir('/a'));
      stop.abort(stopped);
      await host.apply(mkdir('/b'));
    });
    expect(await failureOf(work)).toBe(stopped);
    expect(machine.log).toEqual(['act /a', 'undo /a']);
  });

  it('ends a wait at once', async () => {
    const wait = failureOf(host.sleep(3_600_000));
    stop.abort(stopped);
    expect(await wait).toBe(stopped);
    expect(await failureOf(host.sleep(1))).toBe(stopped);
    expect(() => host.checkStop()).toThrow(stopped);
  });
});

describe('a part of the stack that ends by itself', () => {
  const daemon = (argv: readonly string[]): SpawnStep => ({
    kind: 'spawn',
    survives: true,
    name: 'the daemon',
    argv,
    cgroup: mkdtempSync(join(tmpdir(), 'layerlift-daemon-')),
    why,
  });

  it('ends the run, which says what it was', async () => {
    const failure = await failureOf(
      host.scope(async () => {
        await host.spawn(daemon(['sh', '-c', 'echo no such disk >&2; exit 3']));
        await host.sleep(10_000);
      }),
    );
    expect(failure).toBeInstanceOf(HostError);
    expect(failure).toMatchObject({ message: 'the daemon ended in mid-run with exit status 3: no such disk' });
  });

  it('is not missed once its scope has ended', async () => {
    const child = await host.scope(() => host.spawn(daemon(['sleep', '0.1'])));
    await child.exited;
    expect(() => host.checkStop()).not.toThrow();
  });
});

describe('a change that somebody else has taken over', () => {
  const knob: Applied = { kind: 'write', path: '/knob', value: 'ours', restore: 'prior', why };
  const left: LeftToOthers[] = [];
  const theirs = { path: '/knob', made: 'ours', found: 'of an operator' };
  beforeEach(() => {
    left.length = 0;
    machine.things.set('/knob', 'as found');
    host = liveHost({ ...machine, stop: stop.signal, onLeft: (one) => left.push(one) });
  });

  it('is left as they want it, told once, and is no residue', async () => {
    await host.scope(async () => {
      await host.apply(knob);
      machine.things.set('/knob', 'of an operator');
    });
    expect(machine.things.get('/knob')).toBe('of an operator');
    expect(left).toEqual([theirs]);
    expect(foldOutstanding(machine.records)).toEqual([]);
  });

  it('is known by what the kernel has made of the value, not by what was written', async () => {
    // The kernel clamps what it is given.
    const { verbOf } = machine.kinds;
    machine.kinds.verbOf = (step) => ({
      ...verbOf(step),
      act: () => {
        machine.things.set('/knob', 'clamped');
        return Promise.resolve('');
      },
    });
    host = liveHost({ ...machine, stop: stop.signal, onLeft: (one) => left.push(one) });
    await host.scope(() => host.apply(knob));
    expect(machine.things.get('/knob')).toBe('as found');
    expect(left).toEqual([]);
    expect(machine.records).toContainEqual({ type: 'done', seq: 0, became: 'clamped' });
  });

  it('is undone whatever it is where a death came before it was read back', async () => {
    machine.things.set('/knob', 'half-way');
    const died = foldOutstanding([{ type: 'intent', seq: 0, step: knob, prior: 'as found' }]);
    expect(await unwind(died, { ...machine, onLeft: (one) => left.push(one) })).toMatchObject({
      residue: [],
    });
    expect(machine.things.get('/knob')).toBe('as found');
    expect(left).toEqual([]);
  });

  it('is left by a recovery too, which knows from the journal what it had become', async () => {
    machine.things.set('/knob', 'of an operator');
    const died = foldOutstanding([
      { type: 'intent', seq: 0, step: knob, prior: 'as found' },
      { type: 'done', seq: 0, became: 'ours' },
    ]);
    await unwind(died, { ...machine, onLeft: (one) => left.push(one) });
    expect(machine.things.get('/knob')).toBe('of an operator');
    expect(left).toEqual([theirs]);
  });

  it('counts as undone once this run has put it back, whatever others make of it then', async () => {
    await host.scope(async () => {
      await host.apply(knob);
      await host.apply({ kind: 'write', path: '/knob', value: 'as found', restore: 'never', ends: true, why });
      // By chance what this run had made it for a while.
      machine.things.set('/knob', 'ours');
    });
    expect(machine.things.get('/knob')).toBe('ours');
    expect(left).toEqual([]);
  });
});
