// Guests that stand at a limit of their own, on a healthy stack: named, with its value and whose it is. Only a kernel enforces
// io.max. A rate is fio's own: in memory in ../../unit/experiment/whole-run.test.ts, here in own-limits.long.test.ts.

import { test } from 'vitest';
import { expectOwnLimit } from '../../support/own-limits-in-lab.ts';

test('io.max is the verdict where nothing else holds the guests back', () =>
  expectOwnLimit('own-io-max', {
    limit: 'io-max',
    met: [{ value: 'riops=120', by: 'profile', guests: [1, 2, 3] }],
  }));
