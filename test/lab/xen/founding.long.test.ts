// The founding case on Xen's own ring.

import { test } from 'vitest';
import { expectRingOfOnePage } from '../../support/caps-in-lab.ts';

test('the founding case: a ring of one page for each guest, masked by slower media and network, named with its knob', async () => {
  await expectRingOfOnePage('profiles/xen-founding.yaml');
});
