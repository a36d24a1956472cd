// Deadlines for what the kernel may never answer: it is left behind, never waited for.

import { HostError } from '../../lib/errors.ts';

let hanging = 0;

/** Is anything that was left behind still under way? Then its thread is held in the kernel, and an orderly exit would wait for it. */
export function isAnythingHanging(): boolean {
  return hanging > 0;
}

/** Gives the result of `work`, if it comes in time. Throws HostError naming `what` after the deadline; `work` goes on unseen. */
export function within<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      hanging++;
      reject(new HostError(`${what}: the kernel gave no answer within ${deadlineMs / 1000} s`));
    }, deadlineMs);
    const settle = (): void => {
      clearTimeout(timer);
      if (isLate) hanging--;
    };
    work.finally(settle).then(resolve, reject);
  });
}
