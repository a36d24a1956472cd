// A whole Debian host, with the services that act on every disk that appears, over disks that carry what real ones do:
// nobody takes up a device of a run, nobody stirs while layers are switched, and deaths leave all of it as found.

import { expect, test } from 'vitest';
import { inLab } from '../../support/lab.ts';

const sized = ['used', 'idle', 'member', 'absent', 'luks', 'ext4'].map((name) => `64M:${name}`);
const disks = [...sized, '128M:btrfs', '64M:gpt', '128M:zfs'];

// Whoever starts by the clock would be taken for somebody whom the run has called. `begin COMMAND...` starts a run and
// waits for its first slice; `restored STATUS` tells how it ended and whether the host is as found; `pause` starts no program.
const cases = `
systemctl stop '*.timer' cron
# The first namespace on a host makes iproute2 mount a folder, which stays.
ip netns add first; ip netns del first
test/support/distro-disks.sh; preload
profile=test/fixtures/profiles/distribution.yaml; one=/tmp/one.yaml
sed 's/^guests: 4/guests: 1/; s/virtio-idle/virtio-ext4/' $profile >$one
agent="node $PWD/agent/dist/main.js run --no-caps --quiet --runs /tmp/runs"
tracing=/sys/kernel/tracing
exec 8<> <(:); pause() { read -r -t 0.1 -u 8; }
until_slices() {
  for ((i = 0; i < 900; i++)); do
    for file in /tmp/runs/*/slices.ndjson; do [[ -s $file ]] && mapfile -t seen <$file && ((\${#seen[@]} >= $1)) && return; done
    pause
  done
}
begin() { rm -rf /tmp/runs; "$@" >/dev/null 2>"$LAB_OUT/err.$name" 8<&- & pid=$!; until_slices 1; }
restored() {
  for i in $(seq 300); do ls -d /run/layerlift/*/ >/dev/null 2>&1 || break; sleep 0.1; done
  sleep 1; inventory "$name"
  if diff "$LAB_OUT/before" "$LAB_OUT/$name" >"$LAB_OUT/diff.$name"; then echo "$name $1 as-found"; else echo "$name $1 CHANGED"; cat "$LAB_OUT/diff.$name" >&2; fi
}
carried() { grep -E '^(link|group|array|table) ' "$LAB_OUT/$1" | grep -v layerlift >"$LAB_OUT/carried.$1"; wc -l <"$LAB_OUT/carried.$1"; }
inventory before
`;

test('services of a distribution leave a run alone, and find the host as it was after deaths', async () => {
  const lab = await inLab(
    `${cases}
name=agent; begin $agent $profile
echo >$tracing/trace; echo 1 >$tracing/events/sched/sched_process_exec/enable; echo 'lab: switching begins' >/dev/kmsg
until_slices 6
echo 'lab: switching ends' >/dev/kmsg; /bin/true; echo 0 >$tracing/events/sched/sched_process_exec/enable; cat $tracing/trace >"$LAB_OUT/programs"
inventory during; echo "carried $(carried before)"; carried during >/dev/null; same carried.before carried.during && echo 'nothing taken up'
kill -9 $pid; wait $pid 2>/dev/null; restored $?
name=unit; rm -rf /tmp/runs; systemd-run --quiet --collect --unit=lab-agent -E PATH="$PATH" --working-directory=$PWD -- $(command -v node) \${agent#node } $one
until_slices 1; systemctl kill -s KILL lab-agent.service; sleep 1; restored killed
name=protected; systemd-run --quiet --collect --wait --pipe --unit=lab-agent -p ProtectControlGroups=yes -E PATH="$PATH" --working-directory=$PWD -- $(command -v node) \${agent#node } $one 2>"$LAB_OUT/err.protected"; restored $?
name=held; begin $agent $one; exec 9</dev/mapper/$(dmsetup ls | grep -o '^layerlift-[^[:space:]]*-J-media'); kill -TERM $pid; wait $pid; echo "held $?"
exec 9<&-; layerlift recover >/dev/null; restored $?
journalctl -q -o cat -u 'layerlift*' | grep -c 'Failed with result' | sed 's/^/failed units /'
`,
    { distro: true, disks },
  );
  expect(lab.status, lab.stderr).toBe(0);
  const lines = lab.stdout.split('\n');
  expect(lines, lab.stderr).toEqual([
    expect.stringMatching(/^carried [1-9]\d+$/),
    'nothing taken up',
    'agent 137 as-found',
    'unit killed as-found',
    'protected 69 as-found',
    'held 40',
    'held 0 as-found',
    'failed units 0',
  ]);
  // The one that the script has started itself shows that programs are seen.
  expect([...lab.file('programs').matchAll(/filename=(\S+)/g)].map(([, path]) => path)).toEqual(['/bin/true']);
  const journal = lab.file('journal').split('\n');
  const [begins, ends] = ['begins', 'ends'].map((part) =>
    journal.findIndex((line) => line.includes(`switching ${part}`)),
  );
  expect(begins).toBeGreaterThan(0);
  expect(journal.slice((begins ?? 0) + 1, ends)).toEqual([]);
  expect(lab.file('err.protected')).toContain('/sys/fs/cgroup is mounted read-only');
  expect(lab.file('err.held')).toMatch(/EBUSY.*process \d+ \(bash\) has dm-\d+ open/);
  lab.dispose();
});
