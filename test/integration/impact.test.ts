// What a run does to others, and when it gives way to them; and what it makes of I/O that fails.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sliceSchema } from '../../agent/experiment/record.ts';
import { inLab, type LabResult } from '../support/lab.ts';

let lab: LabResult;

beforeAll(async () => {
  lab = await inLab(`
preload; inventory before
node agent/dist/main.js run test/fixtures/profiles/failing.yaml --no-caps --runs /tmp/failing \
  >"$LAB_OUT/failing" 2>&1
cat /tmp/failing/*/slices.ndjson >"$LAB_OUT/slices"
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
});

afterAll(() => lab.dispose());

test('I/O that fails counts once: as missing, not as taken off what completes', () => {
  const slices = lab
    .file('slices')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => sliceSchema.parse(JSON.parse(line)));
  const deployed = slices.filter(({ arm }) => arm === 'baseline');
  expect(deployed.length, lab.file('failing')).toBeGreaterThan(2);
  for (const { guests, caveats } of deployed) {
    expect(caveats).toEqual([]);
    for (const { ios, errors, useful } of guests) {
      // One sector in ten is bad, and what fails is not among what completes.
      expect(errors / (ios + errors)).toBeGreaterThan(0.05);
      expect(errors / (ios + errors)).toBeLessThan(0.2);
      expect(useful).toBe(ios);
    }
  }
  const rates = (arm: string) => slices.filter((slice) => slice.arm === arm).map(({ goodput }) => goodput);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  // What fails takes no time of the media: as many I/Os complete as without bad sectors.
  expect(mean(rates('baseline')) / mean(rates('stub-blockstack'))).toBeGreaterThan(0.93);
});

test('--max-impact caps the guests, and a run stops by itself when another cgroup has to wait', () => {
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.file('limits')).toMatch(/^\d+:\d+ .*riops=300 .*\n80000 100000\n$/);
  expect(lab.file('rc').trim(), lab.file('err')).toBe('31');
  expect(lab.file('err')).toMatch(/stopped to spare others: tenant waited for cpu \d+ % of the last \d+ s/);
  expect(lab.file('err')).toContain('the host is restored');
});
