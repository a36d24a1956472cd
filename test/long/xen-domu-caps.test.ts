// The cap probe where no load has a way past the ring.

import { expect, test } from 'vitest';
import { expectRingOfOnePage } from '../support/caps.ts';
import { runInLab } from '../support/run-in-lab.ts';

test('the ring of a domain is sized, though no load in the domain has a way past it', async () => {
  const { report } = await runInLab('test/fixtures/profiles/xen-domu-caps.yaml', {
    caps: true,
    args: '--caps --budget 20m',
    xen: true,
  });
  expectRingOfOnePage(report);
  expect(report.open.join('\n')).toMatch(/a domain has no way past its ring/);
});
