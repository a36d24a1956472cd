// scripts/collect on trees that stand in for a host: what it takes, what it must not take, and what does not stop it.

import { execa } from 'execa';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discoverIn } from '../../../agent/discover/graph/build.ts';
import { parseSnapshot, type Snapshot } from '../../../agent/discover/snapshot.ts';
import { deviceOf } from '../../support/snapshots.ts';

const script = new URL('../../../scripts/collect', import.meta.url).pathname;
const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

/** A folder with these files; those below `bin` are programs. */
function treeOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'layerlift-collect-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: path.startsWith('bin/') ? 0o755 : 0o644 });
  }
  return root;
}

async function printed(
  root: string,
  { shell = ['sh'], options = [] }: { shell?: readonly string[]; options?: readonly string[] } = {},
): Promise<string> {
  const [program = '', ...before] = shell;
  const { stdout } = await execa(program, [...before, script, '--root', root, ...options]);
  return stdout;
}

async function snapshotOf(root: string, how: Parameters<typeof printed>[1] = {}): Promise<Snapshot> {
  return parseSnapshot(`${await printed(root, how)}\n`, 'it');
}

const disk = (name: string, number: string): Readonly<Record<string, string>> => ({
  [`sys/block/${name}/dev`]: `${number}\n`,
  [`sys/block/${name}/size`]: '2048\n',
  [`sys/block/${name}/queue/scheduler`]: '[none] kyber\n',
  [`sys/block/${name}/mq/0/nr_tags`]: '32\n',
});

const dmsetup = (table: string): Readonly<Record<string, string>> => ({
  'dev/mapper/control': '',
  'sys/class/misc/device-mapper/dev': '10:236\n',
  'bin/dmsetup': `#!/bin/sh\ncase $1 in info) printf '253\\t0\\tc\\n' ;; table) printf '%s\\n' '${table}' ;; esac\n`,
});

describe('the collector', () => {
  it.each([[['sh']], [['bash', '--posix']]])('by %s reads disks, their queues and partitions', async (shell) => {
    const root = treeOf({
      ...disk('sda', '8:0'),
      'sys/block/sda/sda1/partition': '1\n',
      'sys/block/sda/sda1/dev': '8:1\n',
      'sys/block/sda/sda1/size': '1024\n',
    });
    const found = discoverIn(await snapshotOf(root, { shell }));
    expect(deviceOf(found, 'sda').limit?.inFlight).toBe(32);
    expect(deviceOf(found, 'sda1').below).toEqual([{ id: 'sda' }]);
  });

  it('reads the limits of cgroups that have some, of I/O or of CPUs', async () => {
    const root = treeOf({
      'sys/fs/cgroup/a/io.max': '8:0 riops=5\n',
      'sys/fs/cgroup/a/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/b/c/io.max': '',
      'sys/fs/cgroup/b/c/cpu.max': '20000 100000\n',
      'sys/fs/cgroup/d/cpu.max': 'max 100000\n',
    });
    const { files } = await snapshotOf(root);
    expect([...files.keys()].filter((path) => path.startsWith('/sys/fs/cgroup')).sort()).toEqual([
      '/sys/fs/cgroup/a/cpu.max',
      '/sys/fs/cgroup/a/io.max',
      '/sys/fs/cgroup/b/c/cpu.max',
    ]);
  });

  it('takes no secret, wherever one stands', async () => {
    const key = 'ab12cd34'.repeat(8);
    const root = treeOf({
      ...Object.fromEntries(
        ['username', 'password', 'username_in', 'password_in'].map((name) => [
          `sys/class/iscsi_session/session1/${name}`,
          'hunter2\n',
        ]),
      ),
      'sys/class/iscsi_session/session1/targetname': 'iqn.x\n',
      'sys/class/nvme/nvme0/transport': 'tcp\n',
      'sys/class/nvme/nvme0/dhchap_secret': 'DHHC-1:hunter2\n',
      'sys/bus/rbd/devices/0/config_info': '10.0.0.1 name=admin,secret=hunter2\n',
      'sys/bus/rbd/devices/0/pool': 'p\n',
      'sys/kernel/config/target/iscsi/iqn.x/tpgt_1/auth/password': 'hunter2\n',
      'proc/self/mountinfo': '30 1 8:1 / / rw - ext4 /dev/sda1 rw,password=hunter2\n',
      'proc/77/comm': 'qemu-system-x86\n',
      'proc/77/cmdline': [
        ...[
          'qemu-system-x86_64',
          '-name',
          'vm',
          '-object',
          'secret,id=s0,data=hunter2',
          '-vnc',
          ':1,password=hunter2',
          '-append',
          'root=/dev/vda pw=hunter2',
        ],
        ...[
          '-drive',
          'file=rbd:pool/image:id=admin:key=hunter2:auth_supported=cephx,if=none,id=d0',
          '-device',
          'virtio-blk-pci,drive=d0',
        ],
        ...[
          '-drive',
          'file=iscsi://user%hunter2@10.0.0.1/iqn/0,if=none,id=d1',
          '-drive',
          'file=/a,password=hunt,,hunter2,id=d2',
        ],
        ...[
          '-blockdev',
          '{"driver":"rbd","node-name":"n","password-secret":"hunter2","user":"hunter2","key" : "x\\"hunter2"}',
        ],
        ...['--blockdev=driver=https,url=https://me:hunter2@host/x,node-name=h'],
      ].join('\0'),
      'proc/78/comm': 'nbd-client\n',
      'proc/78/cmdline': [
        'nbd-client',
        '10.0.0.9',
        '--tlskey',
        'hunter2',
        '--object',
        'tls-creds,password=hunter2',
      ].join('\0'),
      ...dmsetup(`c: 0 2048 crypt aes-xts-plain64 ${key} 0 8:0 0`),
      'proc/drbd': 'version: 8.4.11\n',
      'bin/drbdsetup':
        '#!/bin/sh\necho "resource r0 { net { shared-secret \\"hunter2\\";"\necho "  shared-secret \\"hunter2\\";"\necho "}}"\n',
      'proc/xen/capabilities': 'control_d\n',
      'bin/xenstore-ls':
        '#!/bin/sh\necho \'/local/domain/0/backend/vfb/7/0/vncpasswd = "hunter2"\'\necho \'/local/domain/0/backend/qdisk/7/51712/params = "rbd:p/i:key=hunter2:x"\'\necho \'/tool/secret = "hunter2"\'\n',
    });
    const text = await printed(root);
    expect(text).toContain('crypt aes-xts-plain64 ' + '0'.repeat(key.length));
    expect(text).toContain('iqn.x');
    expect(text).toContain('file=rbd:pool/image');
    expect(text).toContain('backend/qdisk/7/51712/params');
    expect(text.split('\n').filter((line) => /hunter2|ab12/.test(line))).toEqual([]);
  });

  it('goes on after a file and a tool that hang, and says which', async () => {
    const root = treeOf({
      ...disk('sda', '8:0'),
      ...disk('sdb', '8:16'),
      ...disk('sdc', '8:32'),
      ...dmsetup(''),
      'bin/dmsetup': '#!/bin/sh\nexec sleep 60\n',
    });
    rmSync(join(root, 'sys/block/sdb/queue/scheduler'));
    await execa('mkfifo', [join(root, 'sys/block/sdb/queue/scheduler')]);
    const { missing, files } = await snapshotOf(root, { options: ['--patience', '2'] });
    expect(missing).toContainEqual({ what: '/sys/block/sdb', why: 'no answer within 2 s' });
    expect(missing.filter(({ what }) => what.startsWith('dmsetup')).length).toBeGreaterThan(0);
    expect(files.get('/sys/block/sdc/mq/0/nr_tags')).toBe('32');
    expect(missing).not.toContainEqual({ what: 'the rest of the snapshot', why: 'it is cut short' });
  });

  it('says what is denied', async () => {
    const root = treeOf({ ...disk('sda', '8:0') });
    await execa('chmod', ['0755', root]);
    await execa('chmod', ['000', join(root, 'sys/block/sda/queue/scheduler')]);
    const other =
      process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh'] : ['sh'];
    const { missing } = await snapshotOf(root, { shell: other });
    expect(missing).toContainEqual({ what: '/sys/block/sda/queue/scheduler', why: 'denied' });
  });

  it('keeps names that have a newline, a blank, a quote or a backslash', async () => {
    const names = ['md_a\nb', 'md b', "md'c", 'md\\d', 'md$(e)', 'md*f'];
    const root = treeOf(Object.assign({}, ...names.map((name, i) => disk(name, `9:${i}`))) as Record<string, string>);
    const found = discoverIn(await snapshotOf(root));
    expect(found.devices.map(({ id }) => id).sort()).toEqual([...names].sort());
    expect(found.devices.map(({ limit }) => limit?.inFlight)).toEqual(names.map(() => 32));
  });

  it('refuses what it does not know', async () => {
    const result = await execa('sh', [script, '--fly'], { reject: false });
    expect(result.exitCode).toBe(64);
    expect(result.stderr).toContain("unknown option '--fly'");
  });
});
