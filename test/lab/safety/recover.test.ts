// Death of agent and watchdog in mid-slice: `recover` puts the host back. Where the watchdog lives: deaths.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

/** Three guests with limits of their own. */
const limits = 'test/fixtures/profiles/limits.yaml';
/** One guest, and few steps. */
const small = 'test/fixtures/profiles/small.yaml';

const start = (path: string): string => `
rm -rf "$LAB_OUT/runs"
node agent/dist/main.js run ${path} --runs "$LAB_OUT/runs" >"$LAB_OUT/out" 2>"$LAB_OUT/err" &
agent=$!
await 120 filled "$LAB_OUT/runs/*/slices.ndjson"
watchdog=$(pgrep -f '[l]ayerlift-watchdog')
`;

describe('a run that is cut off in mid-slice', () => {
  let lab: LabResult;

  beforeAll(async () => {
    lab = await inLab(`
preload; inventory before
${start(limits)}
for guest in 1 2 3; do
  (cd /sys/fs/cgroup/layerlift-*/guests/g$guest && grep . cpuset.cpus cpu.max memory.max io.max) >"$LAB_OUT/limits.$guest"
done
kill -9 $agent $watchdog; wait 2>/dev/null
sleep 1; inventory dead
layerlift run ${small} --runs "$LAB_OUT/second" 2>"$LAB_OUT/refused"; echo $? >"$LAB_OUT/refused.rc"
layerlift recover >"$LAB_OUT/recovered"; echo $? >"$LAB_OUT/recover.rc"
inventory after
layerlift recover >"$LAB_OUT/again"
same before after || exit 1
# Slices so long that the second run, which is slow to start under emulation, finds the first one busy.
sed 's/measure: 500ms, budget: 60s/measure: 6s, budget: 20m/' ${small} >test/fixtures/profiles/long.yaml
${start('test/fixtures/profiles/long.yaml')}
(layerlift run ${small} --runs "$LAB_OUT/second" 2>"$LAB_OUT/busy"; echo $? >"$LAB_OUT/busy.rc")
layerlift recover 2>"$LAB_OUT/held"; echo $? >"$LAB_OUT/held.rc"
kill -TERM $agent; wait $agent; echo $? >"$LAB_OUT/rc"
inventory after
same before after || exit 2
layerlift report "$LAB_OUT"/runs/* >"$LAB_OUT/report"`);
  });
  afterAll(() => lab.dispose());

  test('leaves the host as found in the end, each time', () => {
    expect(lab.status, lab.stderr).toBe(0);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  });

  test('has had the limits of its profile', () => {
    expect(lab.file('limits.1')).toMatch(
      /cpuset.cpus:0-1\ncpu.max:90000 100000\nmemory.max:268435456\nio.max:\d+:\d+ .*riops=200 /,
    );
    expect(lab.file('limits.2')).toMatch(
      /cpuset.cpus:1\ncpu.max:90000 100000\nmemory.max:268435456\nio.max:.*rbps=1048576 .*riops=50 /,
    );
    expect(lab.file('limits.3')).toBe(
      lab.file('limits.1').replace(/io.max:\S+/, /io.max:\S+/.exec(lab.file('limits.3'))?.[0] ?? ''),
    );
  });

  test('leaves a journal after kill -9 of agent and watchdog: another run is refused, and recover restores the host', () => {
    expect(lab.file('dead')).toContain('journal');
    expect(lab.file('dead'), 'the load dies with the agent').not.toContain('process fio');
    expect(lab.file('dead')).toMatch(/node \/dev\/dm-\d+/);
    expect(lab.file('refused.rc').trim()).toBe('75');
    expect(lab.file('refused')).toContain('layerlift recover');
    expect(lab.file('recover.rc').trim()).toBe('0');
    expect(lab.file('recovered')).toMatch(/steps undone, the host is as it was/);
    expect(lab.file('again')).toContain('nothing to recover');
  });

  test('has the host for itself until SIGTERM, restores it, keeps what was measured, and exits 143', () => {
    expect(lab.file('busy.rc').trim()).toBe('75');
    expect(lab.file('busy')).toContain('another layerlift run holds this host');
    expect(lab.file('held.rc').trim()).toBe('75');
    expect(lab.file('rc').trim()).toBe('143');
    expect(lab.file('err')).toContain('the host is restored');
    expect(lab.file('report')).toContain('baseline');
  });
});

test('with I/O in flight on virtio rings, a killed daemon ends the run, and after kill -9 of all recover hangs nowhere', async () => {
  const profile = 'test/fixtures/profiles/crash-vduse.yaml';
  const lab = await inLab(
    `
preload; inventory before
${start(profile)}
kill -9 $(pgrep qemu-storage | head -1); timeout 100 tail --pid=$agent -f /dev/null || { echo 'waits for ever'; kill -9 $agent; }
wait $agent; echo $? >"$LAB_OUT/daemon.rc"; cp "$LAB_OUT/err" "$LAB_OUT/daemon"; cp "$LAB_OUT/out" "$LAB_OUT/daemon.out"
inventory after
same before after || exit 1
${start(profile)}
kill -9 $agent $watchdog $(pgrep qemu-storage); wait 2>/dev/null
timeout 60 node agent/dist/main.js recover >"$LAB_OUT/recovered"; echo $? >"$LAB_OUT/recover.rc"
inventory after
same before after`,
    { kernel: '6.12' },
  );
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  expect(lab.stdout).not.toContain('waits for ever');
  expect(lab.file('daemon.rc').trim()).toBe('32');
  expect(lab.file('daemon.out')).toMatch(/- CUT SHORT .*: qemu-storage-daemon 1 ended in mid-run\s+by\s+SIGKILL/);
  expect(lab.file('daemon')).toMatch(/qemu-storage-daemon 1 ended in mid-run by SIGKILL/);
  expect(lab.file('recover.rc').trim()).toBe('0');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
