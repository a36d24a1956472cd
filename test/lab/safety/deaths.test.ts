// Every way in which a run can be cut off, on a real kernel: the host is as found afterwards, and nothing waits for ever.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';

// `begin COMMAND...` starts a run and waits for its first slice; `restored STATUS` tells how it ended and whether the host is
// as found. `confined COMMAND...` is in a cgroup that is not the run's.
const cases = `
profile=test/fixtures/profiles/crash.yaml
agent="node agent/dist/main.js run $profile --no-caps"
unit=/sys/fs/cgroup/unit; echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir $unit
confined() { echo $BASHPID >$unit/cgroup.procs; exec "$@"; }
junction() { dmsetup ls | grep -o '^layerlift-[^[:space:]]*-J-media'; }
until_slice() { for i in $(seq 600); do [ -s /tmp/runs/*/slices.ndjson ] && break; sleep 0.1; done; }
begin() {
  rm -rf /tmp/runs
  "$@" --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.$name" &
  pid=$!
  until_slice
}
restored() {
  for i in $(seq 300); do ls -d /run/layerlift/*/ >/dev/null 2>&1 || break; sleep 0.1; done
  sleep 0.5; inventory "$name"
  if diff "$LAB_OUT/before" "$LAB_OUT/$name" >"$LAB_OUT/diff.$name"; then echo "$name $1 as-found"; else echo "$name $1 CHANGED"; cat "$LAB_OUT/diff.$name"; fi
}
preload; inventory before
`;

test('signals, a lost terminal, the deadline, and a closed pipe end a run in order; a suspended device does not hold it up', async () => {
  const lab = await inLab(`${cases}
name=int; begin $agent; kill -INT $pid; wait $pid; restored $?
name=terminal; rm -rf /tmp/runs; script -qec "exec $agent --runs /tmp/runs 2>$LAB_OUT/err.terminal" /dev/null </dev/null >/dev/null 2>&1 & pid=$!
until_slice; kill -9 $pid; sleep 1; restored gone
name=closed; rm -rf /tmp/runs; { $agent --runs /tmp/runs --deadline 12s -v 2>&1; echo $? >/tmp/closed; } | head -n 3 >/dev/null; restored $(cat /tmp/closed)
name=pipe; begin $agent; kill -PIPE $pid; dmsetup suspend --noflush --nolockfs $(junction) || echo 'suspended NOTHING'; sleep 1; kill -TERM $pid; wait $pid; restored $?
`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.stdout.split('\n')).toEqual([
    'int 130 as-found',
    'terminal gone as-found',
    'closed 124 as-found',
    'pipe 143 as-found',
  ]);
  expect(lab.file('err.terminal')).toContain('stopped by SIGHUP; the host is restored');
  expect(lab.file('err.terminal'), 'Node itself must not abort').not.toMatch(/assert/i);
  lab.dispose();
});

test('what a run needs dies, hangs or never comes: the host is as found, in time', async () => {
  const lab = await inLab(`${cases}
name=fio; begin $agent; kill -9 $(pgrep -x fio | head -1); wait $pid; restored $?
name=cgroup; begin confined $agent; dmsetup suspend --noflush --nolockfs $(junction) || echo 'suspended NOTHING'; echo 1 >$unit/cgroup.kill; wait $pid 2>/dev/null; restored $?
name=memory; begin confined $agent; echo 8M >$unit/memory.max; wait $pid 2>/dev/null; echo "oom $(grep -c 'oom_kill [1-9]' $unit/memory.events)"; restored $?; echo max >$unit/memory.max
name=target; begin $agent; ip -n $(ls /run/netns | grep ini) link set $(ip -n $(ls /run/netns | grep ini) -o link | grep -o 'll[0-9a-f]*h') down || echo 'cut NOTHING'; timeout 150 tail --pid=$pid -f /dev/null || kill -9 $pid; wait $pid; restored $?
name=device; scan=$(cat /sys/module/scsi_mod/parameters/scan); echo none >/sys/module/scsi_mod/parameters/scan
$agent --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.device"; restored $?; echo $scan >/sys/module/scsi_mod/parameters/scan
name=program; ip=$(readlink -f "$(command -v ip)"); cp "$ip" /tmp/ip
printf '%s\\n' '#!/bin/sh' 'case "$*" in *netns\\ add*) touch /tmp/begun; sleep $(cat /tmp/seconds) ;; esac' 'exec /tmp/ip "$@"' >/tmp/slow; chmod +x /tmp/slow; mount --bind /tmp/slow "$ip"
until_begun() { rm -f /tmp/begun; echo $1 >/tmp/seconds; $agent --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.$name" & pid=$!; for i in $(seq 600); do [ -e /tmp/begun ] && break; sleep 0.1; done; }
until_begun 7; kill -9 $pid; wait $pid 2>/dev/null; restored $?
name=late; until_begun 20; kill -TERM $pid; wait $pid; restored $?; umount "$ip"
`);
  expect(lab.status, lab.stderr).toBe(0);
  const lines = lab.stdout.split('\n');
  expect(lines).toContain('fio 30 as-found');
  expect(lines).toContain('cgroup 137 as-found');
  expect(lines).toContain('oom 1');
  expect(lines.find((line) => line.startsWith('memory '))).toMatch(/ as-found$/);
  expect(lines.find((line) => line.startsWith('target '))).toMatch(/^target (30|32) as-found$/);
  expect(lines).toContain('device 69 as-found');
  expect(lab.file('err.device')).toMatch(/the appearance of the disk .* did not happen within 15 s/);
  expect(lines, 'a program that the dead agent had started acts late').toContain('program 137 as-found');
  expect(lines, 'a program acts only after all else was undone').toContain('late 143 as-found');
  lab.dispose();
});

test('folders that take nothing, journals of others, and what somebody else holds', async () => {
  const lab = await inLab(`${cases}
name=full; mkdir -p /tmp/small; mount -t tmpfs -o size=256k none /tmp/small
rm -rf /tmp/runs; ln -s /tmp/small /tmp/runs
$agent --runs /tmp/runs/in >/dev/null 2>"$LAB_OUT/err.full" & pid=$!
for i in $(seq 600); do [ -s /tmp/small/in/*/slices.ndjson ] && break; sleep 0.1; done
cat /dev/zero >/tmp/small/zeros 2>/dev/null; wait $pid; restored $?
name=readonly; mount -o remount,ro /tmp/small; $agent --runs /tmp/runs/in >/dev/null 2>"$LAB_OUT/err.readonly"; restored $?; umount -l /tmp/small; rm -f /tmp/runs
name=journal; mount -t tmpfs -o size=8k,mode=0700 none /run/layerlift
$agent --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.journal"; status=$?; umount -l /run/layerlift; restored $status
name=state; mount -t tmpfs -o ro none /run/layerlift; $agent --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.state"; status=$?; layerlift recover 2>"$LAB_OUT/err.locked"; echo "locked $?"; umount /run/layerlift; restored $status
name=empty; mkdir -p /run/layerlift/abcdef/domains /run/layerlift/fedcba.over; layerlift recover >/dev/null; restored $?
name=held; begin $agent; exec 9</dev/dm-$(dmsetup info -c --noheadings -o minor $(junction)); kill -TERM $pid; wait $pid; echo "held $?"
layerlift recover 2>"$LAB_OUT/err.again"; echo "again $?"; exec 9<&-; layerlift recover >/dev/null; restored $?
name=boot; mkdir -p /run/layerlift/abcdef; echo '{"type":"header","version":0,"run":"abcdef","bootId":"of another boot"}' >/run/layerlift/abcdef/journal.ndjson; layerlift recover >/dev/null; restored $?
name=version; mkdir -p /run/layerlift/abcdef; echo '{"type":"header","version":0,"run":"abcdef","bootId":"'$(cat /proc/sys/kernel/random/boot_id)'"}' >/run/layerlift/abcdef/journal.ndjson
layerlift recover 2>"$LAB_OUT/err.version"; echo "version $?"; rm -r /run/layerlift/abcdef
`);
  expect(lab.status, lab.stderr).toBe(0);
  expect(lab.stdout.split('\n')).toEqual([
    'full 74 as-found',
    'readonly 74 as-found',
    'journal 74 as-found',
    'locked 74',
    'state 74 as-found',
    'empty 0 as-found',
    'held 40',
    'again 40',
    'held 0 as-found',
    'boot 0 as-found',
    'version 40',
  ]);
  for (const name of ['err.held', 'err.again']) {
    expect(lab.file(name)).toMatch(/by hand: dmsetup remove --retry layerlift-[0-9a-f]{6}-J-media\)/);
    expect(lab.file(name)).toMatch(/EBUSY.*: process \d+ \(bash\) has dm-\d+ open/);
    expect(lab.file(name)).toContain('THE HOST IS NOT AS FOUND; try `layerlift recover`');
  }
  expect(lab.file('err.locked')).toContain('mount -o remount,rw /run');
  expect(lab.file('err.version')).toContain('rm -r /run/layerlift/abcdef');
  lab.dispose();
});
