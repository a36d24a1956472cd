// Tenants that wait by their own doing beside a run on a real kernel, which goes on to its verdict.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';
import { tenantLines } from '../../support/tenants-in-lab.ts';

// The first tenant makes itself wait, whoever else runs. The second takes a part of the CPU from before the run to its end: the
// selftest's plant is named beside it.
test('a run stops for nobody who waits by his own doing, and names what holds the host back beside him', async () => {
  const lab = await inLab(`${tenantLines}
mkdir /sys/fs/cgroup/tenant
run itself test/fixtures/profiles/crash.yaml --budget 45s --max-impact riops=300,cpu=80,pressure=20 & agent=$!
measuring itself
rmdir /sys/fs/cgroup/tenant; tenant max 0-1 4
wait $agent; leave

tenant '90000 100000' 0-1 1
run beside profiles/plant-network.yaml --fast --seed 1 --budget 150s --max-impact pressure=100
leave
inventory after
same before after`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.file('itself.rc').trim(), lab.file('itself.err')).not.toBe('31');
  expect(lab.file('itself.txt').replaceAll(/\s+/g, ' ')).toMatch(
    /tenant waited for cpu \d+ % of 6 s, \d+ % is usual: it did not come and go with the guests/,
  );
  expect(lab.file('beside.txt'), lab.file('beside.err')).toMatch(/^network holds this host back/);
  expect(lab.file('beside.rc').trim()).toBe('0');
  lab.dispose();
});
