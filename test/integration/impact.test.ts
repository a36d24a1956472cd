// What a run does to others, and when it gives way to them.

import { expect, test } from 'vitest';
import { inLab } from '../support/lab.ts';

test('--max-impact caps the guests, and a run stops by itself when another cgroup has to wait', async () => {
  const lab = await inLab(`
preload; inventory before
mkdir /sys/fs/cgroup/tenant
node agent/dist/main.js run test/fixtures/profiles/crash.yaml --no-caps --runs /tmp/runs \
  --max-impact riops=300,cpu=80,pressure=20 >/dev/null 2>"$LAB_OUT/err" & agent=$!
for i in $(seq 600); do [ -s /tmp/runs/*/slices.ndjson ] && break; sleep 0.1; done
cat /sys/fs/cgroup/layerlift-*/guests/g1/io.max /sys/fs/cgroup/layerlift-*/guests/g1/cpu.max >"$LAB_OUT/limits"
for i in 1 2 3 4; do (echo $BASHPID >/sys/fs/cgroup/tenant/cgroup.procs; while :; do :; done) & done
wait $agent; echo $? >"$LAB_OUT/rc"
echo 1 >/sys/fs/cgroup/tenant/cgroup.kill; until rmdir /sys/fs/cgroup/tenant 2>/dev/null; do sleep 0.1; done
inventory after
same before after`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.file('limits')).toMatch(/^\d+:\d+ .*riops=300 .*\n80000 100000\n$/);
  expect(lab.file('rc').trim(), lab.file('err')).toBe('31');
  expect(lab.file('err')).toMatch(/stopped to spare others: tenant waited for cpu \d+ % of the last \d+ s/);
  expect(lab.file('err')).toContain('the host is restored');
  lab.dispose();
});
