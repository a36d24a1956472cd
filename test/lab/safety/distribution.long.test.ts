// Deaths under the services of a distribution, over a disk that carries an LVM volume group: at every kind of step, of all that
// a run needs, and of the machine's memory. What of it runs each time: distribution.test.ts.

import { expectSurvived } from '../../support/crash-matrix.ts';
import { deathsOfTheLoad, held, testDeaths } from '../../support/deaths.ts';
import { distroDisks } from '../../support/distro.ts';
import { inLab } from '../../support/lab.ts';
import { expect, test } from 'vitest';

const options = { distro: true, disks: distroDisks };
// Whoever starts by the clock would be taken for what a death left. Root stays logged in, so that a login adds nothing.
const setUp = `systemctl stop '*.timer' cron; loginctl enable-linger root; test/support/distro-disks.sh`;

// Two disks in turn, one with a volume group and one with a file system. A line of the journal that is cut off in its middle is
// the same on every host.
const [profile, other] = ['crash-distribution.yaml', '/tmp/other.yaml'];
const withOther = `${setUp}\nsed 's/virtio-idle/virtio-ext4/' test/fixtures/profiles/${profile} >${other}`;
const matrix = (rest: string): string =>
  `${profile} --profile ${other} --rest 1 --unaided 4 --only '^(?!.*, torn)' ${rest}`;

test.each([
  ['1/4', 6],
  ['2/4', 0],
  ['3/4', 0],
  ['4/4', 0],
])('a death at every kind of step is survived under the services of a distribution: %s', (part, stride) =>
  expectSurvived(matrix(`--part ${part} --stride ${stride}`), options, withOther),
);

test("a run of somebody who has logged in over ssh gets a verdict, and its guests a unit that is systemd's gift", async () => {
  const lab = await inLab(
    `loginctl enable-linger root; preload; inventory before
grep -o 'session-[0-9]*.scope' /proc/self/cgroup | sed 's/[0-9][0-9]*/N/'
layerlift run profiles/plant-media.yaml --no-caps --budget 3m --runs "$LAB_OUT/runs" >"$LAB_OUT/report" 2>"$LAB_OUT/told" & agent=$!
await 120 filled "$LAB_OUT/runs/*/slices.ndjson"
group=$(sed 's/^0:://' /proc/$(pgrep -x fio | head -1)/cgroup); echo "$group" >"$LAB_OUT/group"
unit=$(grep -o 'layerlift[^/]*[.]\\(service\\|scope\\)' <<<"$group"); systemctl show -p Delegate "$unit"
wait $agent; echo "status $?"; inventory after; same before after && echo as-found`,
    { distro: true, login: true },
  );
  expect(lab.stdout.split('\n'), `${lab.file('group')}${lab.stderr}`).toEqual([
    'session-N.scope',
    'Delegate=yes',
    'status 0',
    'as-found',
  ]);
  lab.dispose();
});

const distribution = 'test/fixtures/profiles/distribution.yaml';

testDeaths(
  'deaths of what a run needs leave a distribution as found',
  distribution,
  [
    ...deathsOfTheLoad,
    held,
    {
      name: 'a program that the dead agent had started acts late',
      ...{ slowIp: 7, strike: ['KILL agent'], expect: [137], within: 90 },
    },
  ],
  options,
  setUp,
);

// Whom the kernel killed for want of memory since the row began, in turn, each name once.
const mark = (row: string): string => `echo 'lab: ${row}' >/dev/kmsg`;
const killed = (row: string): string =>
  `dmesg | sed -n "/lab: ${row}$/,\\$ s/.*] Out of memory: Killed process [0-9]* (\\([^)]*\\)).*/\\1/p" | uniq | xargs`;

testDeaths(
  'the end of the memory of the machine leaves a distribution as found',
  distribution,
  [
    {
      name: 'memory of the machine',
      before: mark('memory ends'),
      ...{ strike: ['fill memory'], expect: [30], within: 120 },
      says: /guest \d was killed: the host ran out of memory/,
      // The guests before whoever takes it all, and nobody else.
      after: killed('memory ends'),
      prints: 'fio tail',
    },
    {
      name: 'memory of the machine, the agent first',
      before: mark('memory ends, the agent first'),
      ...{ from: 'first to go', strike: ['fill memory'], expect: 'any', within: 120 },
      says: /was cut off; its watchdog undid \d+ steps, the host is as it was/,
      after: killed('memory ends, the agent first'),
      prints: 'node tail',
    },
  ],
  options,
  setUp,
);

// What the disks of the host carry, as udev, LVM and md see it, while a run passes it through rings of its own.
const carried = `
carried() { grep -E '^(link|group|array) ' "$LAB_OUT/$1" | grep -v layerlift; }
untaken() { inventory "$name/during"; carried before >/tmp/carried; [ -s /tmp/carried ] && carried "$name/during" | diff /tmp/carried - >&2 && echo 'nothing taken up'; }
`;
const leftAlone = { first: 'untaken=$(untaken)', after: 'echo "$untaken"', prints: 'nothing taken up' };

testDeaths(
  'deaths with virtio rings leave a distribution as found',
  'test/fixtures/profiles/distribution-vduse.yaml',
  [
    { name: 'agent', ...leftAlone, strike: ['KILL agent'], expect: [137], within: 120 },
    {
      name: 'agent after its watchdog',
      ...{ strike: ['KILL watchdog', 'await watchdog', 'wait 1 s', 'KILL agent'], expect: [137], within: 120 },
    },
    {
      name: 'daemon of a ring',
      ...{ strike: ['KILL daemon'], expect: [32], within: 120 },
      says: /qemu-storage-daemon \d ended in mid-run by SIGKILL/,
    },
    {
      name: 'daemon of a ring, and at once the agent',
      strike: ['KILL daemon', 'KILL agent'],
      expect: [137],
      within: 120,
    },
  ],
  // Debian 12 has the driver in the kernel of its backports.
  { ...options, kernel: '6.12' },
  `${setUp}\n${carried}`,
);
