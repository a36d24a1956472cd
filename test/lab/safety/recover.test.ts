// Death of the agent in mid-slice: its watchdog puts the host back, or `recover` does when that is dead too.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

/** Three guests with limits of their own. */
const limits = 'test/fixtures/profiles/limits.yaml';
/** One guest. */
const small = 'test/fixtures/profiles/crash.yaml';

const start = (path: string): string => `
rm -rf "$LAB_OUT/runs"
node agent/dist/main.js run ${path} --runs "$LAB_OUT/runs" >"$LAB_OUT/out" 2>"$LAB_OUT/err" &
agent=$!
for i in $(seq 600); do [ -s "$LAB_OUT"/runs/*/slices.ndjson ] && break; sleep 0.2; done
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
${start(small)}
cat /proc/$watchdog/cgroup /proc/$watchdog/oom_score_adj >"$LAB_OUT/place"
kill -9 $agent; wait 2>/dev/null
for i in $(seq 600); do ls -d /run/layerlift/*/ >/dev/null 2>&1 || break; sleep 0.1; done
sleep 1; inventory unaided
same before unaided || exit 2
${start(small)}
kill -9 $watchdog; sleep 1; kill -9 $agent; wait 2>/dev/null
layerlift recover >"$LAB_OUT/waited"; echo $? >"$LAB_OUT/waited.rc"
inventory after
same before after || exit 3
${start(small)}
kill -TERM $agent; sleep 0.5; kill -TERM $agent; wait $agent; echo $? >"$LAB_OUT/left.rc"
timeout 60 tail --pid=$watchdog -f /dev/null
layerlift recover; cp "$LAB_OUT/err" "$LAB_OUT/left"
inventory after
same before after || exit 4
# Slices so long that what runs beside them makes few of them void.
sed 's/measure: 2s, budget: 3m/measure: 30s, budget: 20m/' ${limits} >test/fixtures/profiles/long.yaml
${start('test/fixtures/profiles/long.yaml')}
(layerlift run ${small} --runs "$LAB_OUT/second" 2>"$LAB_OUT/busy"; echo $? >"$LAB_OUT/busy.rc")
layerlift recover 2>"$LAB_OUT/held"; echo $? >"$LAB_OUT/held.rc"
kill -TERM $agent; wait $agent; echo $? >"$LAB_OUT/rc"
inventory after
same before after || exit 5
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

  test('is undone by its watchdog, which neither its cgroup nor the end of memory reaches, also if that was killed once', () => {
    expect(lab.file('place')).toBe('0::/\n-1000\n');
    expect(lab.file('waited.rc').trim()).toBe('0');
    expect(lab.file('waited')).toMatch(/the host is as it was|nothing to recover/);
  });

  test('is left by a second SIGTERM, and its watchdog goes on', () => {
    expect(lab.file('left.rc').trim()).toBe('40');
    expect(lab.file('left')).toContain('its watchdog undid');
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
