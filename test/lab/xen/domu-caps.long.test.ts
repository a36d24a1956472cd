// The cap probe where no load has a way past the ring.

import { expect, test } from 'vitest';
import { expectRingOfOnePage } from '../../support/caps-in-lab.ts';

test('the ring of a domain is sized, though no load in the domain has a way past it', async () => {
  const { open } = await expectRingOfOnePage('test/fixtures/profiles/xen-domu-caps.yaml');
  expect(open.join('\n')).toMatch(/a domain has no way past its ring/);
});
