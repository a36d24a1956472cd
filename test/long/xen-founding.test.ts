// The founding case on Xen's own ring.

import { test } from 'vitest';
import { expectRingOfOnePage } from '../support/caps.ts';
import { runInLab } from '../support/run-in-lab.ts';

// The caps alone: the verdict would take three minutes more.
test('the founding case: a ring of one page for each guest, masked by slower media and network, named with its knob', async () => {
  const { report } = await runInLab('profiles/xen-founding.yaml', {
    caps: true,
    args: '--caps --budget 20m',
    xen: true,
  });
  expectRingOfOnePage(report);
});
