// Guests that stand at the rate of their own job, on a healthy stack.

import { test } from 'vitest';
import { expectOwnLimit } from '../../support/own-limits-in-lab.ts';

test('the rate of a job file is the verdict where nothing else holds the guests back', () =>
  expectOwnLimit('own-rate', { limit: 'rate-iops', met: [{ value: 'rate_iops=80', by: 'job', guests: [1, 2, 3] }] }));
