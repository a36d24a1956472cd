// Every way in which a run can be cut off, on a real kernel: the host is as found afterwards, and nothing waits for ever.

import { expect, test } from 'vitest';
import { inLab, kernelFaults } from '../support/lab.ts';

test('the agent is killed at each kind of step, before and after it acts and undoes: the host is as found', async () => {
  // Most modules are there before, as on a host that uses them: loading them for each death would take half of the time.
  const lab = await inLab(
    'modprobe -a nvme-tcp nvmet-tcp sd_mod target_core_iblock target_core_file target_core_pscsi target_core_user crypto-crct10dif crypto-crc64-rocksoft; node scripts/bench/crash-matrix.mjs',
  );
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  const [, survived, tried] = /deaths survived \/ tried +(\d+) \/ (\d+)/.exec(lab.stdout) ?? [];
  expect(Number(tried)).toBeGreaterThan(12);
  expect(survived).toBe(tried);
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});

// `begin COMMAND...` starts a run and waits for its first slice; `restored STATUS` tells how it ended and whether the host is as found.
const cases = `
profile=test/fixtures/profiles/crash.yaml
begin() {
  rm -rf /tmp/runs
  "$@" --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.$name" &
  agent=$!
  for i in $(seq 600); do [ -s /tmp/runs/*/slices.ndjson ] && break; sleep 0.1; done
}
restored() {
  for i in $(seq 900); do ls -d /run/layerlift/*/ >/dev/null 2>&1 || break; sleep 0.1; done
  sleep 0.5; inventory "$name"
  if diff "$LAB_OUT/before" "$LAB_OUT/$name" >"$LAB_OUT/diff.$name"; then echo "$name $1 as-found"; else echo "$name $1 CHANGED"; cat "$LAB_OUT/diff.$name"; fi
}
inventory before
`;

test('signals, a lost terminal, the deadline, and a closed pipe end a run in order', async () => {
  const lab = await inLab(`${cases}
for signal in INT HUP; do
  name=sig$signal; begin node agent/dist/main.js run $profile --no-caps; kill -$signal $agent; wait $agent; restored $?
done
name=pipe; begin node agent/dist/main.js run $profile --no-caps; kill -PIPE $agent; sleep 2; kill -TERM $agent; wait $agent; restored $?
name=closed; rm -rf /tmp/runs; { node agent/dist/main.js run $profile --no-caps --runs /tmp/runs --deadline 12s -v 2>&1; echo $? >/tmp/closed; } | head -n 3 >/dev/null; restored $(cat /tmp/closed)
name=terminal; rm -rf /tmp/runs; script -qec "node agent/dist/main.js run $profile --no-caps --runs /tmp/runs" /dev/null </dev/null >/dev/null 2>&1 & terminal=$!
for i in $(seq 600); do [ -s /tmp/runs/*/slices.ndjson ] && break; sleep 0.1; done
kill -9 $terminal; sleep 1; restored gone
`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.stdout.split('\n')).toEqual([
    'sigINT 130 as-found',
    'sigHUP 129 as-found',
    'pipe 143 as-found',
    'closed 124 as-found',
    'terminal gone as-found',
  ]);
  lab.dispose();
});

test('a full disk, a dead fio, a lost target and a suspended device end a run in time', async () => {
  const lab = await inLab(`${cases}
name=full; mkdir -p /tmp/small; mount -t tmpfs -o size=256k none /tmp/small
rm -rf /tmp/runs; ln -s /tmp/small /tmp/runs
node agent/dist/main.js run $profile --no-caps --runs /tmp/runs/in >/dev/null 2>"$LAB_OUT/err.full" & agent=$!
for i in $(seq 600); do [ -s /tmp/small/in/*/slices.ndjson ] && break; sleep 0.1; done
cat /dev/zero >/tmp/small/zeros 2>/dev/null; wait $agent; restored $?; umount -l /tmp/small; rm -f /tmp/runs
name=journal; mkdir -p /run/layerlift; mount -t tmpfs -o size=8k,mode=0700 none /run/layerlift
node agent/dist/main.js run $profile --no-caps --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.journal"; status=$?; umount -l /run/layerlift; restored $status
name=fio; begin node agent/dist/main.js run $profile --no-caps; kill -9 $(pgrep -x fio | head -1); wait $agent; restored $?
name=suspended; begin node agent/dist/main.js run $profile --no-caps; dmsetup suspend --noflush --nolockfs "$(dmsetup ls | grep -o '^layerlift-[^[:space:]]*-J-media')" || echo 'suspended NOTHING'; kill -9 $agent; wait $agent 2>/dev/null; restored $?
name=target; begin node agent/dist/main.js run $profile --no-caps; ip link set $(ls /sys/class/net | grep '^ll.*h$') down; timeout 150 tail --pid=$agent -f /dev/null || kill -9 $agent; wait $agent; restored $?
name=boot; mkdir -p /run/layerlift/abcdef; echo '{"type":"header","version":0,"run":"abcdef","bootId":"of another boot"}' >/run/layerlift/abcdef/journal.ndjson; layerlift recover >/dev/null; restored $?
name=version; mkdir -p /run/layerlift/abcdef; echo '{"type":"header","version":0,"run":"abcdef","bootId":"'$(cat /proc/sys/kernel/random/boot_id)'"}' >/run/layerlift/abcdef/journal.ndjson
layerlift recover 2>"$LAB_OUT/err.version"; echo "version $?"; rm -r /run/layerlift/abcdef
`);
  expect(lab.status, lab.stderr).toBe(0);
  const lines = lab.stdout.split('\n');
  expect(lines).toContain('full 74 as-found');
  expect(lines).toContain('journal 74 as-found');
  expect(lines).toContain('fio 30 as-found');
  expect(lines).toContain('suspended 137 as-found');
  expect(lines.find((line) => line.startsWith('target '))).toMatch(/^target (30|69) as-found$/);
  expect(lines).toContain('boot 0 as-found');
  expect(lines).toContain('version 40');
  expect(lab.file('err.version')).toContain('rm -r /run/layerlift/abcdef');
  lab.dispose();
});
