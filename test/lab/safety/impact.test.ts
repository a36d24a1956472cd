// --max-impact on a real kernel: the caps that it gives the guests, and a run that stops as others wait for them. Who is to
// blame when others wait: ../../unit/run/spare-others.test.ts, ../../unit/experiment/whole-run-impact.test.ts; tenants that
// wait by their own doing on this kernel: impact.long.test.ts.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';
import { tenantLines } from '../../support/tenants-in-lab.ts';

// The tenant has the CPUs for itself until the guests want them too. Four guests share what is allowed.
test('others are spared: --max-impact caps the guests, and a run stops when others wait for them', async () => {
  const lab = await inLab(`${tenantLines}
tenant max 0-1 2
run guests test/fixtures/profiles/busy.yaml --max-impact riops=40000,cpu=320,pressure=10 & agent=$!
capped() { cat /sys/fs/cgroup/layerlift-*/guests/g4/{io,cpu}.max >"$LAB_OUT/limits"; grep -q riops "$LAB_OUT/limits" && grep -q ^80000 "$LAB_OUT/limits"; }
capped_or_ended() { capped || ended $agent; }
await 120 capped_or_ended
wait $agent; leave
inventory after
same before after`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.file('limits')).toMatch(/^\d+:\d+ .*riops=10000 .*\n80000 100000\n$/);
  expect(lab.file('guests.rc').trim(), lab.file('guests.err')).toBe('31');
  expect(lab.file('guests.err')).toMatch(/stopped to spare others: tenant waited for cpu \d+ % of the last 6 s/);
  expect(lab.file('guests.err')).toContain('the host is restored');
  lab.dispose();
});
