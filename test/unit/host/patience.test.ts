// Steps that the kernel never answers: each ends by its deadline, and the rest of the host is restored.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveHost } from '../../../agent/host/live.ts';
import { isAnythingHanging, within } from '../../../agent/host/patience.ts';
import type { SpawnStep, Step } from '../../../agent/host/step.ts';
import { HostError, ResidueError, StoppedError } from '../../../agent/lib/errors.ts';
import { type Machine, makeMachine, useMachine } from '../../support/fake-host.ts';

vi.mock('../../../agent/host/verbs/registry.ts', async () => (await import('../../support/fake-host.ts')).fakeRegistry);

const mkdir = (path: string): Exclude<Step, SpawnStep> => ({ kind: 'mkdir', path, why: 'a test' });

let machine: Machine;
let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  machine = makeMachine([]);
  useMachine(machine);
  stop = new AbortController();
});
afterEach(() => void vi.useRealTimers());

/** Makes three folders; gives how that ended, after at most two minutes. */
async function outcome(): Promise<unknown> {
  const host = liveHost({ journal: machine.journal, stop: stop.signal });
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

describe('a step that hangs', () => {
  it('ends the run, and what was done is undone', async () => {
    machine.faults.act.set(1, 'hangs');
    const failure = await outcome();
    expect(failure).toBeInstanceOf(HostError);
    expect(failure).toMatchObject({ message: expect.stringMatching(/^`mkdir \/b`: .* no answer/) as string });
    expect([...machine.things]).toEqual([]);
  });

  it('does not keep the run from being stopped', async () => {
    machine.faults.act.set(1, 'hangs');
    const reason = new StoppedError('interrupt', 'stopped by SIGINT');
    setTimeout(() => stop.abort(reason), 1000);
    setTimeout(() => expect([...machine.things]).toEqual([]), 15_000);
    expect(await outcome()).toBe(reason);
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
