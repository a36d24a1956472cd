import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKnownKind, renderStep, type Step, verbOf } from '../../../agent/host/step.ts';
import { words } from '../../../agent/lib/shell-words.ts';
import { fakeKernel } from '../../support/fake-kernel.ts';

const why = 'a test';
const table = [
  { start: 0, length: 8, type: 'linear', params: '/dev/sda 0' },
  { start: 8, length: 8, type: 'error', params: '' },
];

describe('a step prints as the line that a person would type, and its undo', () => {
  it.each<[Step, string, string | null]>([
    [
      { kind: 'module', name: 'null_blk', params: { nr_devices: '0' }, why },
      'modprobe null_blk nr_devices=0',
      'rmmod null_blk  # and what it brought in; only what this run loaded',
    ],
    [
      { kind: 'mkdir', path: '/sys/kernel/config/nullb/x', why },
      'mkdir /sys/kernel/config/nullb/x',
      'rmdir /sys/kernel/config/nullb/x',
    ],
    [{ kind: 'write', path: '/a/b', value: '1', restore: 'never', why }, 'echo 1 > /a/b', null],
    [
      { kind: 'write', path: '/a/b', value: '1', restore: 'prior', why },
      'echo 1 > /a/b',
      'echo "$what_was_there" > /a/b',
    ],
    [{ kind: 'write', path: '/a/b', value: '1', restore: { value: '0' }, why }, 'echo 1 > /a/b', 'echo 0 > /a/b'],
    [
      { kind: 'write', path: '/a/b', value: '', restore: { value: 'two words' }, why },
      "echo '' > /a/b",
      "echo 'two words' > /a/b",
    ],
    [{ kind: 'link', path: '/a', target: '/b', why }, 'ln -s /b /a', 'rm /a'],
    [{ kind: 'link', path: '/a', target: '/b', netns: 'n', why }, 'nsenter --net=/run/netns/n ln -s /b /a', 'rm /a'],
    [
      { kind: 'exec', argv: ['ip', 'link', 'add'], undo: ['ip', 'link', 'del'], witness: { path: '/n' }, why },
      'ip link add',
      'ip link del',
    ],
    [{ kind: 'netns', name: 'n', why }, 'ip netns add n', 'ip netns del n'],
    [{ kind: 'exec', argv: ['ip', 'link'], witness: { parent: 'n' }, why }, 'ip link', null],
    [{ kind: 'cgroup', path: '/c g', why }, "mkdir '/c g'", "echo 1 > '/c g/cgroup.kill'; rmdir '/c g'"],
    [
      { kind: 'controllers', path: '/c', enable: ['cpu', 'io'], why },
      "echo '+cpu +io' > /c/cgroup.subtree_control",
      "echo '-cpu -io' > /c/cgroup.subtree_control  # only those that were off",
    ],
    [
      { kind: 'dm-create', name: 'x', uuid: 'U', table, readOnly: true, why },
      "dmsetup create x -u U --readonly --table '0 8 linear /dev/sda 0\n8 8 error'",
      'dmsetup remove --retry x',
    ],
    [
      { kind: 'dm-swap', name: 'x', table: table.slice(0, 1), why },
      "dmsetup load x --table '0 8 linear /dev/sda 0' && dmsetup resume x",
      'dmsetup resume x  # only if it is found suspended',
    ],
    [
      { kind: 'dm-stats', name: 'x', why },
      'dmsetup message x 0 @stats_create - /1 1 precise_timestamps layerlift',
      null,
    ],
    [
      {
        kind: 'nvme-connect',
        ...{ address: '10.0.0.1', port: 4420, nqn: 'nqn.a', hostnqn: 'nqn.h', hostid: 'i', netns: 'n' },
        ...{ queues: 2, queueSize: 64, why },
      },
      'nsenter --net=/run/netns/n nvme connect -t tcp -a 10.0.0.1 -s 4420 -n nqn.a -q nqn.h --hostid i -i 2 -Q 64',
      'grep -lxF nqn.h /sys/class/nvme/*/hostnqn | while read -r f; do echo 1 > "${f%hostnqn}delete_controller"; done',
    ],
    [
      { kind: 'mkdir', path: '/np/1.2.3.4:3260', netns: 'n', why },
      'nsenter --net=/run/netns/n mkdir /np/1.2.3.4:3260',
      'rmdir /np/1.2.3.4:3260',
    ],
    [{ kind: 'secret', path: '/acl/auth/password', why }, 'openssl rand -hex 16 > /acl/auth/password', null],
    [
      {
        kind: 'iscsi-login',
        ...{ initiator: 'iqn.i', creator: 7, netns: 'n', address: '10.0.0.1', port: 3260, target: 'iqn.t' },
        ...{ credentials: '/acl/auth', cmdsMax: 128, queueDepth: 32, offers: {}, why },
      },
      '# log in to iqn.t at 10.0.0.1:3260 from namespace n, as iqn.i',
      'grep -lxF iqn.i /sys/class/iscsi_session/*/initiatorname  # then: iscsiadm -m session -r NUMBER -u',
    ],
    [
      {
        kind: 'nbd-connect',
        ...{ index: 3, backend: 'b', netns: 'n', address: '10.0.0.1', port: 10_809, export: 'e', connections: 2 },
        ...{ blockBytes: 512, why },
      },
      'nsenter --net=/run/netns/n nbd-client -N e -C 2 10.0.0.1 10809 /dev/nbd3',
      'nbd-client -d /dev/nbd3',
    ],
    [
      { kind: 'loop', index: 3, path: '/dev/dm-1', why },
      'losetup --direct-io=on /dev/loop3 /dev/dm-1',
      'losetup -d /dev/loop3',
    ],
    [
      { kind: 'loop', index: 3, path: '/dev/dm-1', buffered: true, why },
      'losetup --direct-io=off /dev/loop3 /dev/dm-1',
      'losetup -d /dev/loop3',
    ],
    [
      { kind: 'xen-vbd', name: 'xvdp', id: 51952, path: '/dev/dm-1', mark: 'layerlift-abcdef-v1', why },
      'xl block-attach 0 format=raw,vdev=xvdp,access=rw,target=/dev/dm-1',
      'xenstore-write /local/domain/0/backend/vbd/0/51952/online 0 /local/domain/0/backend/vbd/0/51952/state 5; sleep 3; xenstore-rm /local/domain/0/device/vbd/51952; xenstore-rm /local/domain/0/backend/vbd/0/51952',
    ],
    [
      { kind: 'vduse', name: 'v0', why },
      '# v0 will appear in /dev/vduse',
      'layerlift recover  # once nothing holds /dev/vduse/v0 (fuser -v)',
    ],
    [
      { kind: 'xen-files', path: '/run/f', modules: [], configs: {}, why },
      '# an initramfs, fio with its libraries, and the configuration of each domain, in /run/f',
      'rm -r /run/f',
    ],
    [{ kind: 'xen-domain', name: 'd', config: '/run/f/d', why }, 'xl create -p -e -q /run/f/d', 'xl destroy d'],
    [
      { kind: 'ring-threads', prefix: '3.xvda-', cgroup: '/c', why },
      "pgrep '^3.xvda-' | while read -r p; do echo $p > /c/cgroup.procs; done",
      "pgrep '^3.xvda-' | while read -r p; do echo $p > /sys/fs/cgroup/cgroup.procs; done",
    ],
    [{ kind: 'write-out', device: '/dev/dm-1', why }, 'sync -d /dev/dm-1', null],
    [
      { kind: 'udev-rules', path: '/run/udev/rules.d/00-a.rules', rules: 'x', why },
      '# rules in /run/udev/rules.d/00-a.rules that keep udev away from the devices of this run; udevadm control --reload',
      'rm /run/udev/rules.d/00-a.rules; udevadm control --reload',
    ],
    [
      { kind: 'spawn', name: 'fio', argv: ['fio', 'a b'], cgroup: '/c', why },
      "fio 'a b' &  # in /c",
      'echo 1 > /c/cgroup.kill',
    ],
  ])('%j', (step, act, undo) => {
    expect(renderStep(step)).toEqual({ act, undo });
  });
});

describe('the list of kinds', () => {
  // A journal on disk names them: a kind that goes, or changes its name, cannot be undone after an update.
  const journaled = [
    ...['module', 'mkdir', 'write', 'link', 'exec', 'cgroup', 'controllers', 'dm-create', 'dm-swap', 'dm-stats'],
    ...['nvme-connect', 'loop', 'vduse', 'xen-vbd', 'xen-files', 'xen-domain', 'ring-threads', 'spawn', 'udev-rules'],
    ...['netns', 'secret', 'iscsi-login', 'nbd-connect'],
  ];

  it.each(journaled)('knows %s, which journals of earlier versions name', (kind) => {
    expect(isKnownKind(kind)).toBe(true);
  });

  it('refuses a kind of another version, also one that every object has', () => {
    for (const kind of ['later', 'constructor']) {
      expect(isKnownKind(kind)).toBe(false);
      expect(() => verbOf({ kind, why } as unknown as Step)).toThrow(`no step kind ${kind}`);
    }
  });
});

it('a verb is made once for all steps of its kind, and asks the kernel that it was made for', async () => {
  const here = fakeKernel({ read: () => Promise.resolve('here') });
  const there = fakeKernel({ read: () => Promise.resolve('there') });
  const step: Extract<Step, { kind: 'write' }> = { kind: 'write', path: '/x', value: 'v', restore: 'prior', why };
  expect(verbOf(step, here)).toBe(verbOf({ ...step, path: '/y' }, here));
  expect(await verbOf(step, here).capture(step)).toBe('here');
  expect(await verbOf(step, there).capture(step)).toBe('there');
});

describe('the undo of a step that was made names what was there before', () => {
  const loop: Step = { kind: 'loop', index: 3, path: '/dev/dm-1', why };
  it.each<[Step, string, string]>([
    [{ kind: 'write', path: '/a/b', value: '1', restore: 'prior', why }, 'mq-deadline', 'echo mq-deadline > /a/b'],
    [{ kind: 'write', path: '/a/b', value: '1', restore: 'prior', why }, '', "echo '' > /a/b"],
    [{ kind: 'write', path: '/a/b', value: '1', restore: 'prior', why }, '0 $(b)', "echo '0 $(b)' > /a/b"],
    [{ kind: 'write', path: '/a/b', value: '1', restore: { value: '0' }, why }, '', 'echo 0 > /a/b'],
    [
      { kind: 'module', name: 'null_blk', why },
      'configfs null_blk',
      'rmmod null_blk configfs  # those that nobody else uses',
    ],
    [{ kind: 'controllers', path: '/c', enable: ['cpu', 'io'], why }, 'io', 'echo -io > /c/cgroup.subtree_control'],
    [loop, 'found', 'losetup -d /dev/loop3'],
    [loop, 'added', 'losetup -d /dev/loop3; layerlift recover  # removes the empty /dev/loop3'],
  ])('%j after %j', (step, prior, undo) => {
    expect(renderStep(step, prior).undo).toBe(undo);
  });

  it('finds the NVMe controller of the run as the shell sees it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
    for (const [name, nqn] of [
      ['nvme0', 'nqn.of.others'],
      ['nvme1', 'nqn.ours'],
      ['nvme2', 'nqn.ours.too'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'hostnqn'), `${nqn}\n`);
      writeFileSync(join(folder, name, 'delete_controller'), '');
    }
    const ours = { address: 'a', port: 1, nqn: 'n', hostnqn: 'nqn.ours', hostid: 'i', queues: 1, queueSize: 1 };
    const { undo } = renderStep({ kind: 'nvme-connect', ...ours, why });
    execFileSync('sh', ['-c', (undo ?? '').replaceAll('/sys/class/nvme', folder)]);
    const told = ['nvme0', 'nvme1', 'nvme2'].map((name) =>
      readFileSync(join(folder, name, 'delete_controller'), 'utf8'),
    );
    rmSync(folder, { recursive: true });
    expect(told).toEqual(['', '1\n', '']);
  });
});

describe('words that could harm', () => {
  // Never given to a shell here: a quote that is missing would do what the word says.
  const hostile = [
    '',
    ' ',
    'a b',
    'a;b',
    'a\nb',
    'a\tb',
    '$(b)',
    '`b`',
    '$b',
    '"',
    '\\',
    '*',
    '?',
    '~',
    '&',
    '|',
    '#',
    '!',
    '(',
  ];

  it.each([...hostile, '[', '{a,b}', '<', '>', '>b', 'a<b'])('are quoted whole: %j', (word) => {
    expect(words(['x', word])).toBe(`x '${word}'`);
  });

  it('keep their own quotes', () => {
    expect(words(["it's"])).toBe("'it'\\''s'");
    expect(words(["'"])).toBe("''\\'''");
  });

  it.each<Step>([
    { kind: 'mkdir', path: '/a;b', why },
    { kind: 'write', path: '/a', value: '$(b)', restore: 'never', why },
    { kind: 'link', path: '/a', target: "/b'`c`'", why },
    { kind: 'dm-swap', name: 'x;y', table: [{ start: 0, length: 8, type: 'crypt', params: "aes 'key' $(b)" }], why },
  ])('stand in quotes in the line of %j', (step) => {
    // What is left when all that is quoted is taken out must hold nothing that a shell acts on.
    const bare = renderStep(step)
      .act.replaceAll("\\'", '')
      .replaceAll(/'[^']*'/g, '');
    expect(bare).not.toMatch(/[;$`]/);
  });
});
