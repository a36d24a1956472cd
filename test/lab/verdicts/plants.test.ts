// A bottleneck planted into each layer is named, and no other.

import { expect, test } from 'vitest';
import { layers } from '../../../agent/lib/layer.ts';
import { inLab, kernelFaults } from '../../support/lab.ts';

test('selftest names the plant in each layer, and leaves the host as found', async () => {
  const lab = await inLab(
    'preload; inventory before; layerlift selftest --deadline 15m; status=$?; inventory after; same before after; exit $status',
  );
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  for (const layer of layers)
    expect(lab.stdout).toMatch(new RegExp(`^ok +${layer} +${layer} holds this host back`, 'm'));
  expect(lab.stderr).toBe('');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
