// Steps that the kernel never answers: each ends by its deadline, and the rest of the host is restored.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { foldOutstanding } from '../../../../agent/host/journal/journal.ts';
import { liveHost } from '../../../../agent/host/live.ts';
import { isAnythingHanging, within } from '../../../../agent/host/kernel/deadline.ts';
import type { Step } from '../../../../agent/host/step.ts';
import type { SpawnStep } from '../../../../agent/host/steps/spawn.ts';
import { unwind } from '../../../../agent/host/journal/unwind.ts';
import { HostError, ResidueError, StoppedError } from '../../../../agent/lib/errors.ts';
import { type Machine, makeMachine } from '../../../support/fake-host.ts';

const mkdir = (path: string): Exclude<Step, SpawnStep> => ({ kind: 'mkdir', path, why: 'a test' });

const stopped = new StoppedError('interrupt', 'stopped by SIGINT');

let machine: Machine;
let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  machine = makeMachine([]);
  stop = new AbortController();
});
// Whether something hangs is known to the whole process.
afterEach(async () => {
  machine.switchOff();
  await vi.advanceTimersByTimeAsync(0);
  vi.useRealTimers();
});

/** Makes three folders; gives how that ended, after at most two minutes. */
async function outcome(): Promise<unknown> {
  const host = liveHost({ ...machine, stop: stop.signal });
  const work = host.scope(async () => {
    for (const path of ['/a', '/b', '/c']) await host.apply(mkdir(path));
  });
  const ended = work.then(
    () => 'done',
    (failure: unknown) => failure,
  );
  await vi.advanceTimersByTimeAsync(120_000);
  return Promise.race([ended, Promise.resolve('still hanging')]);
}

describe('an answer', () => {
  it('in time is given on, value or failure', async () => {
    expect(await within('it', 1000, Promise.resolve(7))).toBe(7);
    await expect(within('it', 1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isAnythingHanging()).toBe(false);
  });

  it('that comes too late is an error that names what hung, and hangs no more once it is there', async () => {
    let answer = (): void => undefined;
    const work = new Promise<void>((resolve) => (answer = resolve));
    const failure = within('swapping x', 1000, work).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await failure).toMatchObject({ message: 'swapping x: the kernel gave no answer within 1 s' });
    expect(isAnythingHanging()).toBe(true);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(isAnythingHanging()).toBe(false);
  });
});

/** Of the records, what became of `/b`. */
const fateOfB = (): readonly string[] =>
  machine.records.flatMap((record) => ('seq' in record && record.seq === 1 ? [record.type] : []));
const listed = (): readonly unknown[] => foldOutstanding(machine.records).map(({ step }) => step);

describe('a step that hangs', () => {
  it('ends the run with what else was done undone, and is neither taken for failed nor for undone', async () => {
    machine.faults.act.set(1, 'hangs');
    const failure = await outcome();
    expect(failure).toBeInstanceOf(ResidueError);
    expect(failure).toMatchObject({
      problems: [
        { message: expect.stringMatching(/^first: `mkdir \/b`: .* no answer within 40 s/) as string },
        {
          message: '`mkdir /b` is still under way, and may take effect at any moment',
          hint: 'when it has ended: layerlift recover; by hand: rmdir /b',
        },
      ],
    });
    expect([...machine.things]).toEqual([]);
    expect(fateOfB()).toEqual(['intent']);
  });

  it('does not keep the run from being stopped, nor the rest from being undone, and stays in the journal', async () => {
    machine.faults.act.set(1, 'hangs');
    setTimeout(() => stop.abort(stopped), 1000);
    setTimeout(() => expect([...machine.things]).toEqual([]), 15_000);
    expect(await outcome()).toMatchObject({ exit: 'residue', cause: stopped });
    expect(listed()).toEqual([mkdir('/b')]);
  });

  it('in an inner scope is waited for there alone, and undone nowhere', async () => {
    machine.faults.act.set(1, 'hangs');
    const host = liveHost({ ...machine, stop: stop.signal });
    const started = performance.now();
    let tookMs = 0;
    const work = host
      .scope(async () => {
        await host.apply(mkdir('/a'));
        await host.scope(() => host.apply(mkdir('/b')));
      })
      .catch((thrown: unknown) => {
        tookMs = performance.now() - started;
        return thrown;
      });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await work).toBeInstanceOf(ResidueError);
    expect(machine.log).toEqual(['act /a', 'act /b', 'undo /a']);
    // Its own deadline, the wait before the unwind, and the least wait after it.
    expect(tookMs).toBeLessThan(56_000);
  });
});

describe('a step that takes effect late', () => {
  it.each([
    ['while the unwind waits', 8_000],
    ['after the rest was undone', 30_000],
  ])('%s is undone, and the run ends as it was told to', async (_, effectMs) => {
    machine.faults.act.set(1, effectMs);
    setTimeout(() => stop.abort(stopped), 1000);
    expect(await outcome()).toBe(stopped);
    expect([...machine.things]).toEqual([]);
    expect(machine.log.at(-1)).toMatch(effectMs > 20_000 ? 'undo /b' : 'undo /a');
    expect(listed()).toEqual([]);
  });

  it('after its own deadline, but before the run gives up, is undone too', async () => {
    machine.faults.act.set(1, 45_000);
    expect(await outcome()).toBeInstanceOf(HostError);
    expect([...machine.things]).toEqual([]);
    expect(listed()).toEqual([]);
  });

  it('after the run has given up is undone by the next recovery', async () => {
    machine.faults.act.set(1, 100_000);
    expect(await outcome()).toBeInstanceOf(ResidueError);
    expect([...machine.things.keys()]).toContain('/b');
    expect((await unwind(foldOutstanding(machine.records), machine)).residue).toEqual([]);
    expect([...machine.things]).toEqual([]);
  });

  it('with a module beneath it has that looked at again by the next recovery', async () => {
    machine.faults.act.set(1, 'hangs');
    machine.faults.undo.set('module m', 'does nothing');
    const host = liveHost({ ...machine, stop: stop.signal });
    const work = host.scope(async () => {
      await host.apply({ kind: 'module', name: 'm', why: 'a test' });
      await host.apply(mkdir('/b'));
    });
    work.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(120_000);
    await expect(work).rejects.toBeInstanceOf(ResidueError);
    expect(listed()).toMatchObject([{ kind: 'module' }, { kind: 'mkdir' }]);
  });
});

describe('a change that has not begun to act', () => {
  it('when its scope ends does not act at all', async () => {
    const host = liveHost({ ...machine, stop: stop.signal });
    let look = (): void => undefined;
    const { verbOf } = machine.kinds;
    machine.kinds.verbOf = (step) => {
      if (!('path' in step) || step.path !== '/slow') return verbOf(step);
      return { ...verbOf(step), capture: () => new Promise((resolve) => (look = () => resolve(''))) };
    };
    const failure = new Error('no');
    const work = host.scope(async () => {
      void host.apply(mkdir('/slow')).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw failure;
    });
    work.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(20_000);
    await expect(work).rejects.toBe(failure);
    look();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(machine.log).toEqual([]);
    expect(machine.records).toEqual([]);
  });
});

describe('an undo that hangs', () => {
  it('is residue with its line, and all else is undone', async () => {
    machine.faults.undo.set('/b', 'hangs');
    const failure = await outcome();
    expect(failure).toBeInstanceOf(ResidueError);
    expect(failure).toMatchObject({
      problems: [{ message: expect.stringContaining('no answer') as string, hint: 'by hand: rmdir /b' }],
    });
    expect([...machine.things.keys()].filter((thing) => !thing.includes('#'))).toEqual(['/b']);
  });
});
