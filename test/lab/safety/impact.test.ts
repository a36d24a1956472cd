// What a run does to others, and when it gives way to them.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';

// The first tenant makes itself wait, whoever else runs. The second has a CPU of its own, until a guest wants it too. The
// third takes a part of the CPU from before the run to its end: the selftest's plant is named beside it.
test('others are spared: --max-impact caps the guests, a run stops when others wait for them, and for nothing else', async () => {
  const lab = await inLab(`
preload
# The tenants want these, and they stay on: what the runs find, they leave.
echo +cpu +cpuset >/sys/fs/cgroup/cgroup.subtree_control
inventory before
tenant() {
  mkdir /sys/fs/cgroup/tenant
  echo "$1" >/sys/fs/cgroup/tenant/cpu.max; echo "$2" >/sys/fs/cgroup/tenant/cpuset.cpus
  for i in $(seq "$3"); do (echo $BASHPID >/sys/fs/cgroup/tenant/cgroup.procs; while :; do :; done) & done
}
leave() { echo 1 >/sys/fs/cgroup/tenant/cgroup.kill; until rmdir /sys/fs/cgroup/tenant 2>/dev/null; do sleep 0.1; done; }
measuring() { for i in $(seq 600); do [ -s /tmp/$1/*/slices.ndjson ] && break; sleep 0.1; done; }
run() { node agent/dist/main.js run "$2" --no-caps --runs /tmp/$1 "\${@:3}" >"$LAB_OUT/$1.txt" 2>"$LAB_OUT/$1.err"; echo $? >"$LAB_OUT/$1.rc"; }

mkdir /sys/fs/cgroup/tenant
run itself test/fixtures/profiles/crash.yaml --budget 45s --max-impact riops=300,cpu=80,pressure=20 & agent=$!
measuring itself
cat /sys/fs/cgroup/layerlift-*/guests/g1/io.max /sys/fs/cgroup/layerlift-*/guests/g1/cpu.max >"$LAB_OUT/limits"
rmdir /sys/fs/cgroup/tenant; tenant max 0-1 4
wait $agent; leave

tenant max 0-1 2
run guests test/fixtures/profiles/busy.yaml --max-impact pressure=10
leave

tenant '90000 100000' 0-1 1
run beside profiles/plant-network.yaml --fast --seed 1 --budget 150s --max-impact pressure=100
leave
inventory after
same before after`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.file('limits')).toMatch(/^\d+:\d+ .*riops=300 .*\n80000 100000\n$/);
  expect(lab.file('itself.rc').trim(), lab.file('itself.err')).not.toBe('31');
  expect(lab.file('itself.txt').replaceAll(/\s+/g, ' ')).toMatch(
    /tenant waited for cpu \d+ % of 6 s, \d+ % is usual: it did not come and go with the guests/,
  );
  expect(lab.file('guests.rc').trim(), lab.file('guests.err')).toBe('31');
  expect(lab.file('guests.err')).toMatch(/stopped to spare others: tenant waited for cpu \d+ % of the last 6 s/);
  expect(lab.file('guests.err')).toContain('the host is restored');
  expect(lab.file('beside.txt'), lab.file('beside.err')).toMatch(/^network holds this host back/);
  expect(lab.file('beside.rc').trim()).toBe('0');
  lab.dispose();
});
