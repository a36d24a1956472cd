// A run with no more of root's power than agent/docs/safety.md asks for, and what it writes down.

import { expect, test } from 'vitest';
import { neededCapabilities } from '../../../agent/host/facts/capabilities.ts';
import { inLab, kernelFaults } from '../../support/lab.ts';
import { aside, strangers } from '../../support/strangers.ts';

const profile = 'test/fixtures/profiles/privilege.yaml';
const within = (names: readonly string[]): string =>
  `setpriv --inh-caps=-all --bounding-set=-all,${names.map((name) => `+${name}`).join()}`;
const less = neededCapabilities.map((name) => neededCapabilities.filter((other) => other !== name));

test('the capabilities that are documented do for a whole run; without one it is refused by name; keys and strangers stay outside; nobody else gets at the disk', async () => {
  const lab = await inLab(
    `
setpriv --reuid=65534 --regid=65534 --clear-groups sleep 600 &
umask 0
${aside}
inventory before
${strangers} &
meanwhile=$!
${within(neededCapabilities)} node agent/dist/main.js run ${profile} --verbose --no-caps --runs "$LAB_OUT/runs" >"$LAB_OUT/report" 2>"$LAB_OUT/err"
echo $? >"$LAB_OUT/rc"
wait $meanwhile
inventory after
same before after || exit 1
stat -c %a "$LAB_OUT"/runs/* >"$LAB_OUT/mode"
for format in json md html; do layerlift report "$LAB_OUT"/runs/* --format $format >"$LAB_OUT/report.$format"; done
layerlift plan ${profile} >"$LAB_OUT/plan"
grep -l 5ec3e7aa "$LAB_OUT"/{report*,err,plan} "$LAB_OUT"/runs/*/{log.ndjson,slices.ndjson,host.json} >"$LAB_OUT/keys"
grep -c "crypt aes-xts-plain64 <key>" "$LAB_OUT/err" >"$LAB_OUT/shown"
${less.map((names, i) => `${within(names)} node agent/dist/main.js run ${profile} --runs /tmp/none 2>"$LAB_OUT/refused.${i}"; echo $? >"$LAB_OUT/refused.${i}.rc"`).join('\n')}
unshare --user --map-root-user node agent/dist/main.js run ${profile} --runs /tmp/none 2>"$LAB_OUT/inside"; echo $? >"$LAB_OUT/inside.rc"
${within(less[0] ?? [])} node agent/dist/main.js recover 2>"$LAB_OUT/recover"; echo $? >"$LAB_OUT/recover.rc"
inventory end
same before end`,
    { disks: ['32M:scratch'] },
  );
  expect(lab.status, lab.file('err')).toBe(0);
  expect(['0', '20'], lab.file('err')).toContain(lab.file('rc').trim());
  expect(lab.file('mode').trim()).toBe('700');
  expect(lab.file('keys')).toBe('');
  expect(lab.file('strangers').trim().split('\n'), lab.file('strangers.err')).toEqual([
    'the target itself: answered',
    'nobody: nothing',
    'another namespace: nothing',
    'root beside the target, as another host: refused',
    'host NQN in sysfs, for nobody: hidden',
    'our own initiator: live',
  ]);
  expect(Number(lab.file('shown'))).toBeGreaterThan(0);
  for (const [i, name] of neededCapabilities.entries()) {
    expect(lab.file(`refused.${i}.rc`).trim(), name).toBe('77');
    expect(lab.file(`refused.${i}`)).toContain(`root lacks CAP_${name.toUpperCase()} (`);
  }
  expect(lab.file('inside.rc').trim(), lab.file('inside')).toBe('77');
  expect(lab.file('inside')).toContain('root of a user namespace');
  expect(lab.file('recover.rc').trim()).toBe('77');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
