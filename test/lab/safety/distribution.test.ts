// A whole Debian host, with the services that act on every disk that appears, over disks that carry what real ones do:
// nobody takes up a device of a run, nobody stirs while layers are switched, and deaths leave all of it as found.

import { expect, test } from 'vitest';
import { buildMatrix, crashMatrix, expectAllSurvived } from '../../support/crash-matrix.ts';
import { distroDisks } from '../../support/distro.ts';
import { inLab } from '../../support/lab.ts';

// Whoever starts by the clock would be taken for somebody whom the run has called. `begin COMMAND...` starts a run and
// waits for its first slice; `restored STATUS` tells how it ended and whether the host is as found.
const cases = `
systemctl stop '*.timer'
# What cron starts waits for its turn at a pipe. Root stays logged in, so that a login adds and leaves nothing.
mkfifo /tmp/turn; one=/tmp/one.yaml
run="$(command -v node) $PWD/agent/dist/main.js run --no-caps --quiet --runs /tmp/runs"
printf '%s\n' '[ ! -e /tmp/begun ] || exit 0; touch /tmp/begun; read -r _ </tmp/turn' \
  "$run $one >/dev/null 2>$LAB_OUT/err.cron & echo \\$! >/tmp/cron.pid; wait \\$!; echo \\$? >/tmp/cron.status; read -r _ </tmp/turn" >/tmp/cron.sh
echo '* * * * * root sh /tmp/cron.sh' >/etc/cron.d/lab
mkdir -p /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /tmp/key; cat /tmp/key.pub >>/root/.ssh/authorized_keys
login() { ssh -q -i /tmp/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@localhost "$@"; }
loginctl enable-linger root; login true
# The first namespace on a host makes iproute2 mount a folder, which stays.
ip netns add first; ip netns del first
test/support/distro-disks.sh; preload
profile=test/fixtures/profiles/distribution.yaml
sed 's/^guests: 4/guests: 1/; s/virtio-idle/virtio-ext4/' $profile >$one
tracing=/sys/kernel/tracing
has_slices() { for file in /tmp/runs/*/slices.ndjson; do [[ -s $file ]] && mapfile -t seen <$file && ((\${#seen[@]} >= $1)) && return; done; false; }
until_slices() { await 90 has_slices "$1"; }
begin() { rm -rf /tmp/runs; "$@" >/dev/null 2>"$LAB_OUT/err.$name" & pid=$!; until_slices 1; }
restored() {
  await 60 no_run
  sleep 1; inventory "$name"
  if diff "$LAB_OUT/before" "$LAB_OUT/$name" >"$LAB_OUT/diff.$name"; then echo "$name $1 as-found"; else echo "$name $1 CHANGED"; cat "$LAB_OUT/diff.$name" >&2; fi
}
carried() { grep -E '^(link|group|array|table) ' "$LAB_OUT/$1" | grep -v layerlift >"$LAB_OUT/carried.$1"; wc -l <"$LAB_OUT/carried.$1"; }
await 90 test -e /tmp/begun
rm /etc/cron.d/lab; systemctl stop cron
inventory before
`;

// Some deaths at the steps that are taken only where udev and systemd run; all others, and the way back, in
// distribution.long.test.ts.
const matrix =
  "crash-distribution.yaml --profile $one --stride 0 --rest 1 --unaided 2 --part 2/2 --only '^(?!.*, torn).*(udev-rules|exec)'";

test('services of a distribution leave a run alone, and find the host as it was after deaths', async () => {
  await buildMatrix();
  const lab = await inLab(
    `${cases}
name=agent; echo >$tracing/trace; echo 1 >$tracing/events/sched/sched_process_exec/enable; begin $run $profile
cat $tracing/trace >"$LAB_OUT/raising"; echo >$tracing/trace; echo 'lab: switching begins' >/dev/kmsg
until_slices 6
echo 'lab: switching ends' >/dev/kmsg; /bin/true; echo 0 >$tracing/events/sched/sched_process_exec/enable; cat $tracing/trace >"$LAB_OUT/programs"
inventory during; echo "carried $(carried before)"; carried during >/dev/null; same carried.before carried.during && echo 'nothing taken up'
kill -9 $pid; wait $pid 2>/dev/null; restored $?
name=unit; rm -rf /tmp/runs; unit="systemd-run --quiet --collect --working-directory=$PWD"; $unit --unit=lab-agent -- $run $one
until_slices 1; systemctl kill -s KILL lab-agent.service; sleep 1; restored killed
name=protected; $unit --wait --pipe --unit=lab-agent -p ProtectControlGroups=yes -- $run $one 2>"$LAB_OUT/err.protected"; restored $?
stays="-p BindReadOnlyPaths=/sys/fs/cgroup/cgroup.procs"
name=inside; $unit --wait --pipe --unit=lab-agent $stays -- $run $one 2>"$LAB_OUT/err.inside"; restored $?
name=known; rm -rf /tmp/runs; $unit --unit=lab-agent $stays -- $run --without-watchdog $one
until_slices 1; systemctl kill -s KILL lab-agent.service; sleep 1; ls /run/layerlift/*/ >/dev/null 2>&1 && echo 'known left'; layerlift recover >/dev/null; restored $?
name=ssh; begin login "$run $one & echo \\$! >/tmp/ssh.pid; wait \\$!"; offer=/sys/module/tcm_loop/parameters/can_queue; read -r offered <$offer
echo 77 >$offer; kill -TERM $(</tmp/ssh.pid); wait $pid; ended=$?; echo "offered $offered, set to $(<$offer)"; echo $offered >$offer; restored $ended
name=cron; rm -rf /tmp/runs; echo >/tmp/turn; until_slices 1; kill -TERM $(</tmp/cron.pid)
await 60 test -s /tmp/cron.status; restored $(</tmp/cron.status)
${crashMatrix(matrix)} >"$LAB_OUT/matrix"
journalctl -q -o cat -u 'layerlift*' | grep -c 'Failed with result' | sed 's/^/failed units /'
`,
    { distro: true, disks: distroDisks },
  );
  expect(lab.status, lab.stderr).toBe(0);
  const lines = lab.stdout.split('\n');
  expect(lines, lab.stderr).toEqual([
    expect.stringMatching(/^carried [1-9]\d+$/),
    'nothing taken up',
    'agent 137 as-found',
    'unit killed as-found',
    'protected 69 as-found',
    'inside 69 as-found',
    'known left',
    'known 0 as-found',
    'offered 1024, set to 77',
    'ssh 143 as-found',
    'cron 143 as-found',
    'failed units 0',
  ]);
  expectAllSurvived(lab.file('matrix'), matrix);
  const started = (part: string): readonly string[] =>
    [...lab.file(part).matchAll(/filename=(\S+)/g)].map(([, path = '']) => path);
  // Those that would look into a disk which appears, or put to use what it carries.
  const curious = /\/(blkid|scsi_id|ata_id|multipath|kpartx|mdadm|lvm|pvscan|vgchange|dmsetup|btrfs|cryptsetup)$/;
  expect(started('raising')).toContain('/usr/bin/fio');
  expect(started('raising').filter((path) => curious.test(path))).toEqual([]);
  console.info(`programs while disks appear: ${[...new Set(started('raising'))].join(' ')}`);
  // The one that the script has started itself shows that programs are seen.
  expect(started('programs')).toEqual(['/bin/true']);
  const journal = lab.file('journal').split('\n');
  const [begins, ends] = ['begins', 'ends'].map((part) =>
    journal.findIndex((line) => line.includes(`switching ${part}`)),
  );
  expect(begins).toBeGreaterThan(0);
  // The kernel says this once, of an emulator whose CPU was away.
  const isSlow = (line: string): boolean => line.includes('hrtimer: interrupt took');
  expect(journal.slice((begins ?? 0) + 1, ends).filter((line) => !isSlow(line))).toEqual([]);
  expect(lab.file('err.protected')).toContain('/sys/fs/cgroup is mounted read-only');
  expect(lab.file('err.inside')).toContain('the watchdog cannot leave the cgroup of this run');
  expect(lab.file('journal')).toMatch(/layerlift: the watchdog cannot leave the cgroup of this run/);
  lab.dispose();
});
