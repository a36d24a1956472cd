// Death at every kind of step, before it acts and after, and on the way back; then the host is as found. Other kernels and
// rings are tried in test/long; `npm run bench -- safety` tries all states of a run.

import { test } from 'vitest';
import { expectSurvived } from '../support/crash-matrix.ts';

test('a death at every kind of step is survived on Linux 6.1', () => expectSurvived('crash.yaml --stride 6'));
