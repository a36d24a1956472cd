// The packages as an operator has them: made twice, looked at, installed on a whole Debian host, and removed.

import { execa } from 'execa';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLab } from '../../support/lab.ts';

const root = new URL('../../..', import.meta.url).pathname;
/** The lab sees what is in the tree. */
const place = join(root, 'runs/packages-tested');
const [first, again, newer] = ['first', 'again', 'newer'].map((name) => join(place, name)) as [string, string, string];
const version = '0.0.1';

async function make(folder: string, as: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // The time of the last commit else, which somebody may make meanwhile.
  await execa('scripts/package', ['--version', as, folder], { cwd: root, env: { SOURCE_DATE_EPOCH: '1767225600' } });
}

/** The same package as one of a later version: what it does on a host is what counts, not how it is packed. */
async function makeNewer(): Promise<void> {
  const [from, tree] = [join(first, `layerlift_${version}_amd64.deb`), join(place, 'tree')];
  mkdirSync(newer, { recursive: true });
  await execa('dpkg-deb', ['-R', from, tree]);
  for (const file of [
    'DEBIAN/control',
    ...readdirSync(join(tree, 'usr/lib/layerlift/agent/dist')).map((name) => `usr/lib/layerlift/agent/dist/${name}`),
  ]) {
    const path = join(tree, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(version, '0.0.2'));
  }
  await execa('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, join(newer, 'layerlift_0.0.2_amd64.deb')]);
}

beforeAll(async () => {
  await make(first, version);
  await make(again, version);
  await makeNewer();
}, 1_800_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('a package', () => {
  it('is the same bytes when it is made again', () => {
    const [sums, others] = [first, again].map((folder) => readFileSync(join(folder, 'SHA256SUMS'), 'utf8'));
    expect(sums).toBe(others);
    expect(sums?.trim().split('\n')).toHaveLength(3);
  });

  it('leaves lintian nothing to say', async () => {
    const debs = ['layerlift', 'layerlift-slim'].map((name) => join(first, `${name}_${version}_amd64.deb`));
    const { stdout, exitCode } = await execa('lintian', ['--allow-root', '--fail-on', 'error,warning', ...debs], {
      reject: false,
    });
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });

  it('asks for no newer glibc than it depends on', async () => {
    const deb = join(first, `layerlift_${version}_amd64.deb`);
    const { stdout: depends } = await execa('dpkg-deb', ['-f', deb, 'Depends']);
    const stated = Number(/libc6 \(>= 2\.(\d+)\)/.exec(depends)?.[1]);
    const unpacked = join(place, 'unpacked');
    await execa('dpkg-deb', ['-x', deb, unpacked]);
    const programs = ['node', 'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node'];
    const asked = await Promise.all(
      programs.map(async (name) => {
        const { stdout } = await execa('objdump', ['-T', join(unpacked, 'usr/lib/layerlift', name)]);
        return [...stdout.matchAll(/GLIBC_2\.(\d+)/g)].map((match) => Number(match[1]));
      }),
    );
    expect(Math.max(...asked.flat())).toBeGreaterThan(0);
    expect(Math.max(...asked.flat())).toBeLessThanOrEqual(stated);
    const { stdout: struck } = await execa('mandoc', [
      '-T',
      'utf8',
      join(unpacked, 'usr/share/man/man8/layerlift.8.gz'),
    ]);
    // Bold is a letter struck twice.
    const page = struck.replaceAll(/.\x08/g, '');
    for (const word of ['compare', '--max-impact', 'EXIT STATUS', '/etc/layerlift/profiles'])
      expect(page).toContain(word);
    await execa('mandoc', ['-T', 'lint', '-W', 'warning', join(unpacked, 'usr/share/man/man8/layerlift.8.gz')]);
  });

  it('runs from any folder, without anything around it', async () => {
    const folder = join(place, 'any where');
    mkdirSync(folder);
    await execa('tar', ['-xf', join(first, `layerlift-${version}-linux-x64.tar.xz`), '-C', folder]);
    const { stdout } = await execa(join(folder, 'layerlift/layerlift'), ['--version'], {
      env: { PATH: '/usr/bin:/bin' },
      extendEnv: false,
    });
    expect(stdout).toBe(version);
  });
});

/** Each step tells a line. `shown FILE`: what went wrong, for whoever reads the test's failure. */
const steps = `
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset -f layerlift
tell() { printf '%s: %s\\n' "$1" "\${*:2}"; }
log=$LAB_OUT/log
run() { layerlift run /etc/layerlift/profiles/canary.yaml --quiet --format json "$@" >"$LAB_OUT/run.json" 2>>"$log"; }
until_slice() { await 180 filled '/var/lib/layerlift/runs/*-*/slices.ndjson'; }
preload; ip netns add first; ip netns del first
# A unit with Delegate= makes systemd switch controllers on, which it does not take back. sg comes with the first SCSI disk.
seen() { inventory "$1.all"; grep -vE '^controller |^module sg$' "$LAB_OUT/$1.all" >"$LAB_OUT/$1"; }
find / -xdev -iname '*layerlift*' -not -path "$PWD/*" 2>/dev/null | sort >"$LAB_OUT/names.before"
dpkg -i ${first}/layerlift_${version}_amd64.deb >>"$log" 2>&1; tell install $?
seen before
tell version "$(layerlift --version)"
tell units "$(systemctl is-enabled layerlift-recover.timer layerlift@canary.service 2>&1 | paste -sd' ')" "$(systemd-analyze verify /usr/lib/systemd/system/layerlift@.service /usr/lib/systemd/system/layerlift-recover.* 2>&1 | grep -v 'man layerlift' | grep -c layerlift)"
. /usr/share/bash-completion/completions/layerlift
COMP_WORDS=(layerlift knobs --layer r) COMP_CWORD=3; _layerlift_yargs_completions; tell completion "\${COMPREPLY[*]}"
sed 's/^guests: 4/guests: 2/; s/^name: .*/name: canary/' /usr/lib/layerlift/profiles/plant-media.yaml >/etc/layerlift/profiles/canary.yaml
echo 'experiment: { settle: 300ms, measure: 1s, budget: 60s }' >>/etc/layerlift/profiles/canary.yaml
/usr/lib/nagios/plugins/check_layerlift >>"$log"; tell nagios $?
systemctl start layerlift@canary; tell unit $? "$(systemctl show -p Result --value layerlift@canary)"
journalctl -q -o cat -u layerlift@canary >"$LAB_OUT/said"; systemctl stop system-layerlift.slice; systemctl reset-failed
layerlift status --format json >"$LAB_OUT/status.json"; tell status $?
layerlift history --format json >"$LAB_OUT/history.json"
seen unit; same before unit && tell unit as-found
/usr/lib/layerlift/ops/run-under-systemd /none.yaml >>"$log" 2>&1; tell under-systemd $?
rm -rf /var/lib/layerlift/runs/*
run & pid=$!; until_slice
dpkg -r layerlift >>"$log" 2>"$LAB_OUT/refused.busy"; tell removal-in-a-run $?
kill -9 $(pgrep -f '[l]ayerlift-watchdog') $(pgrep -f '[m]ain.js run /etc'); wait $pid 2>/dev/null; sleep 1
layerlift status >"$LAB_OUT/status.left"; tell left $?
dpkg -r layerlift >>"$log" 2>"$LAB_OUT/refused.left"; tell removal-after-a-death $?
dpkg -i ${newer}/layerlift_0.0.2_amd64.deb >>"$log" 2>&1; tell upgrade $? "$(layerlift --version)"
layerlift status >>"$log"; tell restored $?
seen upgraded; same before upgraded && tell upgraded as-found
dpkg -r layerlift >>"$log" 2>&1; tell removal $? "$(ls -d /var/lib/layerlift/runs /etc/layerlift/profiles/canary.yaml | wc -l)"
dpkg -P layerlift >>"$log" 2>&1; tell purge $?
find / -xdev -iname '*layerlift*' -not -path "$PWD/*" 2>/dev/null | sort >"$LAB_OUT/names.after"
diff "$LAB_OUT/names.before" "$LAB_OUT/names.after" >>"$log" && tell purge nothing-left
`;

it('on a whole Debian host runs as a unit, refuses to leave a host changed, upgrades, and leaves nothing', async () => {
  const lab = await inLab(steps, { distro: true });
  const told = lab.stdout.trim().split('\n');
  expect(told, `${lab.stderr}\n${lab.file('log')}`).toEqual([
    'install: 0',
    `version: ${version}`,
    'units: disabled static 0',
    'completion: ring',
    'nagios: 3',
    'unit: 0 success',
    'status: 0',
    'unit: as-found',
    'under-systemd: 65',
    'removal-in-a-run: 1',
    'left: 40',
    'removal-after-a-death: 1',
    'upgrade: 0 0.0.2',
    'restored: 0',
    'upgraded: as-found',
    'removal: 0 2',
    'purge: 0',
    'purge: nothing-left',
  ]);
  expect(lab.file('said')).toMatch(/^media holds this host back/m);
  expect(JSON.parse(lab.file('status.json'))).toMatchObject({
    condition: 'free',
    last: { profile: 'canary', verdict: 'lever' },
  });
  expect(JSON.parse(lab.file('history.json'))).toMatchObject({ runs: [{ host: 'layerlift-lab' }] });
  expect(lab.file('refused.busy')).toContain('a run or a recovery goes on');
  expect(lab.file('refused.left')).toContain('type: layerlift recover');
  expect(lab.file('status.left')).toContain('NOT AS FOUND');
  lab.dispose();
});

it('on Debian 12 and 13 is installed with what it depends on, called, and purged', async () => {
  for (const [suite, name] of [
    ['bookworm', 'layerlift'],
    ['trixie', 'layerlift'],
    ['trixie', 'layerlift-slim'],
  ] as const) {
    const { stderr } = await execa('scripts/package.d/try-in', [suite, join(first, `${name}_${version}_amd64.deb`)], {
      cwd: root,
    });
    expect(stderr, `${name} on ${suite}`).toContain('purged: nothing is left');
  }
});

it.each(['bookworm', 'trixie'])('the Ansible role does as it says with the ansible-core of %s', async (suite) => {
  const { stderr } = await execa('scripts/ops/try-role', [suite], { cwd: root });
  expect(stderr).toContain('as it should be');
});

it('is tested on its host by selftest, from where it was installed', async () => {
  const lab = await inLab(
    `export PATH=/usr/sbin:/usr/bin:/sbin:/bin; unset -f layerlift; preload; dpkg -i ${first}/layerlift_${version}_amd64.deb >&2; layerlift selftest`,
    { distro: true },
  );
  expect(lab.stdout).toMatch(/this host tells each layer apart, and is left as found\n$/);
  expect(lab.status).toBe(0);
  lab.dispose();
});
