// Waiting for the kernel: poll for a state with a deadline, never sleep and hope.

import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, HostError } from '../../lib/errors.ts';

const pollMs = 20;

/** Polls until `probe` gives a value. Throws HostError naming `what` after the deadline. */
export async function waitFor<T>(what: string, deadlineMs: number, probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new HostError(`${what} did not happen within ${deadlineMs / 1000} s`);
    await delay(pollMs);
  }
}

/** Tries again while the kernel says busy: references linger for a moment after their last user is gone. */
export async function retryBusy(deadlineMs: number, attempt: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (failure) {
      const code = errnoOf(failure) ?? errnoOf(failure instanceof Error ? failure.cause : undefined);
      if (code !== 'EBUSY' && code !== 'EAGAIN' && code !== 'ENOTEMPTY') throw failure;
      if (performance.now() > end) throw failure;
      await delay(pollMs * 2);
    }
  }
}
