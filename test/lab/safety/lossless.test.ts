// Nothing is lost while junctions are switched at random under guests that write and verify: a shorter run of what
// `npm run bench -- safety` does.

import { execa } from 'execa';
import { expect, test } from 'vitest';
import { inLab, kernelFaults } from '../../support/lab.ts';

test('every block that was taken lies in its place, on its own medium, and is put down to its guest', async () => {
  await execa('node', ['scripts/build.mjs', 'lossless']);
  const lab = await inLab(`
inventory before
SWITCHES=150 MEDIA_SWITCHES=40 node agent/dist/bench/lossless.js >"$LAB_OUT/rows"; status=$?
inventory after
same before after && exit $status`);
  expect(lab.status, `${lab.file('rows')}${lab.stderr}`).toBe(0);
  expect(lab.file('rows')).toMatch(/switches above the media +150 \(network \d\d, blockstack \d\d, ring \d\d\)/);
  expect(lab.file('rows')).toMatch(/switches of the media and of all above +40 \(media 40, network \d\d/);
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
