import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenForStop } from '../../../agent/cli/terminal/stop.ts';
import { StoppedError } from '../../../agent/lib/errors.ts';
import { exitCode, type ExitName } from '../../../agent/lib/exit-codes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Calls the handler that was set last, as the signal would; the test's own process gets none. */
function send(signal: NodeJS.Signals): void {
  const handler = process.listeners(signal).at(-1);
  if (!handler) throw new Error(`nobody listens for ${signal}`);
  handler(signal);
}

describe('a run', () => {
  it.each<[NodeJS.Signals, ExitName]>([
    ['SIGINT', 'interrupt'],
    ['SIGTERM', 'terminate'],
    ['SIGHUP', 'hangup'],
  ])('is told to stop by %s, and ends as %s', (signal, exit) => {
    const stop = listenForStop(undefined);
    send(signal);
    expect(stop.signal.reason).toBeInstanceOf(StoppedError);
    expect(stop.signal.reason).toMatchObject({ exit, message: `stopped by ${signal}` });
    stop.release();
  });

  it('leaves at once at a second signal, saying that the host is not restored', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const stop = listenForStop(undefined);
    send('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    send('SIGTERM');
    expect(exit).toHaveBeenCalledWith(exitCode('residue'));
    expect(write).toHaveBeenCalledWith(expect.stringContaining('layerlift recover'));
    stop.release();
  });

  it('is told to stop when its deadline has passed, not before', () => {
    const stop = listenForStop(60_000);
    vi.advanceTimersByTime(59_999);
    expect(stop.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(stop.signal.reason).toMatchObject({ exit: 'deadline', message: 'the deadline of 60 s has passed' });
    stop.release();
  });

  it('is not stopped early by a deadline of six weeks', () => {
    const stop = listenForStop(42 * 24 * 3_600_000);
    vi.advanceTimersByTime(60_000);
    expect(stop.signal.aborted).toBe(false);
    stop.release();
  });

  it('that is over listens no more', () => {
    const before = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name));
    const stop = listenForStop(1000);
    stop.release();
    vi.advanceTimersByTime(2000);
    expect(stop.signal.aborted).toBe(false);
    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name))).toEqual(before);
  });
});
