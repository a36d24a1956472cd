// The providers of Linux 6.12, in every role that they have: test/support/providers-in-lab.ts. All others: test/long.

import { test } from 'vitest';
import { expectProviders } from '../support/providers-in-lab.ts';

test('a virtio ring carries verified I/O, is switched under it, and leaves the host as found', () =>
  expectProviders('vduse'));
