// Every provider that needs no Xen, in every role that it has: test/support/providers-in-lab.ts. Those of Xen: providers.long.test.ts.

import { test } from 'vitest';
import { expectProviders } from '../../support/providers-in-lab.ts';

const what =
  'each provider, with its defaults, carries verified I/O in every role, is switched under it, and leaves the host as found';

test(`on Linux 6.1 ${what}`, () => expectProviders('stock'));

test(`on Linux 6.12 ${what}`, () => expectProviders('vduse'));
