// Time that passes only when everybody sleeps: the platform's clocks are the edge, and nothing of ours is replaced.

import { setImmediate as turn } from 'node:timers/promises';
import { vi } from 'vitest';

export interface SimClock {
  readonly nowMs: () => number;
  /** Called with the milliseconds that are about to pass. */
  readonly onPass: (pass: (ms: number) => void) => void;
  /** Rejects with the reason of `stop`, if that is aborted. */
  readonly sleep: (ms: number, stop: AbortSignal) => Promise<void>;
  /** Waits for what takes time that is not simulated, such as a process; the simulated one goes on in small steps. */
  readonly whileReal: <T>(real: Promise<T>) => Promise<T>;
  /** Runs `body` to its end, letting time pass whenever nothing else happens. */
  readonly run: <T>(body: () => Promise<T>) => Promise<T>;
}

/** Turns of the event loop in which what was woken goes on until it sleeps again: pipes take some. */
const turnsToSettle = 3;
const turnsToGiveUp = 2000;

/** Call within `vi.useFakeTimers({ toFake: ['Date', 'performance', ...] })`. */
export function simClock(): SimClock {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let passes: (ms: number) => void = () => undefined;
  const step = async (idle: number): Promise<number> => {
    for (let i = 0; i < turnsToSettle; i++) await turn();
    const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
    if (!next) {
      if (idle > turnsToGiveUp) throw new Error('the simulated run waits for something that is not time');
      return idle + 1;
    }
    const ms = Math.max(0, next.atMs - performance.now());
    passes(ms);
    vi.advanceTimersByTime(ms);
    sleepers.delete(next);
    next.wake();
    return 0;
  };
  const sleep: SimClock['sleep'] = (ms, stop) =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        sleepers.delete(sleeper);
        reject(stop.reason instanceof Error ? stop.reason : new Error('stopped'));
      };
      const wake = (): void => {
        stop.removeEventListener('abort', fail);
        resolve();
      };
      const sleeper = { atMs: Math.ceil(performance.now() + Math.max(1, ms)), wake };
      if (stop.aborted) {
        fail();
        return;
      }
      sleepers.add(sleeper);
      stop.addEventListener('abort', fail);
    });
  return {
    nowMs: () => performance.now(),
    onPass: (pass) => (passes = pass),
    sleep,
    whileReal: async (real) => {
      const state = { isOver: false };
      real.finally(() => (state.isOver = true)).catch(() => undefined);
      while (!state.isOver) await sleep(1, new AbortController().signal);
      return real;
    },
    run: async (body) => {
      const state = { isOver: false };
      const work = body().finally(() => (state.isOver = true));
      work.catch(() => undefined);
      for (let idle = 0; !state.isOver;) idle = await step(idle);
      return work;
    },
  };
}
