// Ways in which a run can be cut off, on a real kernel: the host is as found afterwards, and nothing waits for ever. What takes
// longest to end, or differs in its strike alone: deaths.long.test.ts.

import { expect, test } from 'vitest';
import { recovers, testDeaths } from '../../support/deaths.ts';
import { inLab } from '../../support/lab.ts';

/** A step of each kind, and a run of few steps, for what does not depend on them. */
const whole = 'test/fixtures/profiles/crash-kinds.yaml';
const small = 'test/fixtures/profiles/small.yaml';

// `begin COMMAND...` starts a run and waits for its first slice; `restored STATUS` tells how it ended and whether the host is
// as found. `confined COMMAND...` is in a cgroup that is not the run's.
const cases = `
agent="node agent/dist/main.js run ${small} --no-caps"
junction() { dmsetup ls | grep -o '^layerlift-[^[:space:]]*-J-media'; }
begin() {
  rm -rf /tmp/runs
  "$@" --runs /tmp/runs >/dev/null 2>"$LAB_OUT/err.$name" &
  pid=$!
  await 90 filled '/tmp/runs/*/slices.ndjson'
}
restored() {
  await 30 no_run
  sleep 0.5; inventory "$name"
  if diff "$LAB_OUT/before" "$LAB_OUT/$name" >"$LAB_OUT/diff.$name"; then echo "$name $1 as-found"; else echo "$name $1 CHANGED"; cat "$LAB_OUT/diff.$name"; fi
}
preload; inventory before
`;

// As on a machine of another architecture, or with a folder that was copied without it.
const hideNative = `cat >/tmp/hide.cjs <<'END'
const Module = require('node:module'), load = Module._load;
Module._load = function (name, ...rest) {
  if (name === 'koffi') throw new Error('Cannot find the native Koffi module');
  return load.call(this, name, ...rest);
};
END`;

testDeaths(
  'the agent dies in mid-slice, and its watchdog puts the host back, also if that was killed once',
  small,
  [
    {
      name: 'agent',
      ...{ strike: ['KILL agent'], expect: [137], within: 30 },
      // Neither its cgroup nor the end of memory reaches it.
      first: `place=$(cat /proc/$(pgrep -f '[l]ayerlift-watchdog')/{cgroup,oom_score_adj})`,
      ...{ after: 'echo "$place"', prints: '0::/\n-1000' },
    },
    {
      name: 'agent after its watchdog',
      ...{ strike: ['KILL watchdog', 'await watchdog', 'wait 1 s', 'KILL agent'], expect: [137], within: 40 },
      ...{ after: recovers, prints: 'recovered' },
    },
    {
      name: 'recover without the native module',
      profile: whole,
      ...{ strike: ['KILL watchdog', 'KILL agent'], expect: [137], within: 60 },
      before: hideNative,
      mend: 'said=$(NODE_OPTIONS="--require /tmp/hide.cjs" layerlift recover 2>&1)',
      after: 'grep -oE "Koffi module; dmsetup|the host is as it was" <<<"$said"',
      prints: 'Koffi module; dmsetup\nthe host is as it was',
    },
  ],
  { silent: true },
);

testDeaths('a signal, a lost terminal, and the death of what a run needs end it in order, and in time', small, [
  { name: 'int', profile: whole, strike: ['INT agent'], expect: [130], within: 30 },
  {
    name: 'terminal',
    ...{ from: 'terminal', strike: ['KILL terminal'], expect: 'any', within: 30 },
    says: /stopped by SIGHUP; the host is restored/,
    // Node itself must not abort.
    saysNot: /assert/i,
  },
  { name: 'fio', strike: ['KILL fio'], expect: [30], within: 30 },
  {
    name: 'cgroup',
    profile: whole,
    ...{ from: 'cgroup', strike: ['suspend media', 'KILL cgroup'], expect: [137], within: 45 },
  },
  {
    name: 'a program that the dead agent had started acts late',
    profile: whole,
    slowIp: 7,
    strike: ['KILL agent'],
    expect: [137],
    within: 60,
  },
  {
    name: 'a device that somebody else holds for a moment',
    ...{ strike: ['hold media for a moment', 'TERM agent'], expect: [143], within: 40 },
  },
]);

test('folders that take nothing, journals of others, and what somebody else holds', async () => {
  const lab = await inLab(`${cases}
name=full; mkdir -p /tmp/small; mount -t tmpfs -o size=256k none /tmp/small
rm -rf /tmp/runs; ln -s /tmp/small /tmp/runs
$agent --runs /tmp/runs/in >/dev/null 2>"$LAB_OUT/err.full" & pid=$!
await 90 filled '/tmp/small/in/*/slices.ndjson'
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
