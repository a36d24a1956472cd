// Deadlines for what the kernel may never answer: it is left behind, never waited for.

import { setTimeout as delay } from 'node:timers/promises';
import { HostError } from '../lib/errors.ts';

let hanging = 0;

/** Is anything that was left behind still under way? Then its thread is held in the kernel, and an orderly exit would wait for it. */
export function isAnythingHanging(): boolean {
  return hanging > 0;
}

/** What `work` gives, if it does so in time. Throws HostError naming `what` after the deadline; `work` goes on unseen. */
export async function within<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(deadlineMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  let isLate = false;
  const settle = (): void => {
    timer.abort();
    if (isLate) hanging--;
  };
  const watched = work.finally(settle);
  watched.catch(() => undefined);
  const first = await Promise.race([watched.then((value) => ({ value })), late]);
  if (first !== 'late') return first.value;
  isLate = true;
  hanging++;
  throw new HostError(`${what}: the kernel gave no answer within ${deadlineMs / 1000} s`);
}
