// How a run is told to stop: signals and the deadline. The first stops and unwinds; a second signal leaves at once, and
// the watchdog goes on where the unwind was.

import { leaveIfStuck } from '../../host/session/leave.ts';
import { reasonOf, StoppedError } from '../../lib/errors.ts';
import { exitCode, type ExitName, type Stopper } from '../../lib/exit-codes.ts';

const signals: readonly (readonly [NodeJS.Signals, ExitName])[] = [
  ['SIGINT', 'interrupt'],
  ['SIGTERM', 'terminate'],
  ['SIGHUP', 'hangup'],
];

/** setTimeout fires at once beyond this; no run lasts 24 days. */
const longestTimerMs = 2 ** 31 - 1;

export interface Stop {
  readonly signal: AbortSignal;
  /** Tells the run to stop, for another reason. */
  readonly stop: (exit: ExitName, message: string, by?: Stopper) => void;
  /** Back to the defaults of the process. */
  readonly release: () => void;
}

export function listenForStop(deadlineMs: number | undefined): Stop {
  const controller = new AbortController();
  const stop: Stop['stop'] = (exit, message, by) => controller.abort(new StoppedError(exit, message, by));
  const handlers = signals.map(([name, exit]) => {
    const handler = (): void => {
      if (controller.signal.aborted) {
        process.stderr.write(
          '\nlayerlift: left before the host was restored; the watchdog does it now, `layerlift recover` waits for it\n',
        );
        leaveIfStuck(exitCode('residue'));
        process.exit(exitCode('residue'));
      }
      stop(exit, `stopped by ${name}`);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  // A defect must not keep the host changed: it ends the run like a signal does.
  const onDefect = (failure: unknown): void => stop('internal', `internal error: ${reasonOf(failure)}`);
  process.on('uncaughtException', onDefect);
  const timer =
    deadlineMs === undefined
      ? undefined
      : setTimeout(
          () => stop('deadline', `the deadline of ${deadlineMs / 1000} s has passed`),
          Math.min(deadlineMs, longestTimerMs),
        );
  return {
    signal: controller.signal,
    stop,
    release: () => {
      clearTimeout(timer);
      process.off('uncaughtException', onDefect);
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
