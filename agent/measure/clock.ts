// The two clocks of the host. They part when a virtual machine is moved or suspended, or when somebody sets the time.

import type { Source } from './source.ts';

interface Clocks {
  readonly wallMs: number;
  readonly steadyMs: number;
}

export const clock: Source<Clocks> = {
  read: () => Promise.resolve({ wallMs: Date.now(), steadyMs: performance.now() }),
  between: (from, to) => ({ driftMs: to.wallMs - from.wallMs - (to.steadyMs - from.steadyMs) }),
};
