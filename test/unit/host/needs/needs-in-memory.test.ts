import { describe, expect, it } from 'vitest';
import { checkNeeds, type Need } from '../../../../agent/host/needs/needs.ts';
import type { Kernel } from '../../../../agent/host/port.ts';
import { HostError } from '../../../../agent/lib/errors.ts';
import { errno, fakeKernel, fakeXenstore } from '../../../support/fake-kernel.ts';
import { memoryFiles } from '../../../support/memory-files.ts';

async function kernelWith(texts: Readonly<Record<string, string>>, run: Kernel['run']): Promise<Kernel> {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(texts)) {
    await files.makeFolders(path.slice(0, path.lastIndexOf('/')));
    await files.keep(path, text);
  }
  return fakeKernel({ ...files, run });
}

const found: Kernel['run'] = () => Promise.resolve('');
const missing: Kernel['run'] = () => Promise.reject(new Error('exit 1'));
const module: Need = { kind: 'module', name: 'a-b', forWhat: 'x' };
const cgroup: Need = { kind: 'cgroup2', controllers: ['io', 'cpu'] };
const controllers = { '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io\n' };

/** Of mounts at /sys/fs/cgroup, one over the other, by their options. */
const mountinfo = (...options: readonly string[]): string =>
  options.map((one, i) => `3${i} 24 0:26 / /sys/fs/cgroup ${one} - cgroup2 cgroup2 rw\n`).join('');

it.each<[string, Need, Readonly<Record<string, string>>, Kernel['run'], string | undefined]>([
  ['a module that modprobe knows', module, {}, found, undefined],
  ['a module that nobody knows', module, {}, missing, 'kernel module a-b is missing (x)'],
  ['a module that is built in', module, { '/sys/module/a_b/uevent': '' }, missing, undefined],
  [
    'a module that an install line keeps out',
    module,
    {},
    (argv) => Promise.resolve(argv.includes('--show-depends') ? 'install /bin/true \n' : ''),
    'kernel module a-b is kept out by modprobe.d (x): `install a-b /bin/true`',
  ],
  [
    'a module that an install line loads',
    module,
    {},
    (argv) =>
      Promise.resolve(argv.includes('--show-depends') ? 'install /sbin/modprobe --ignore-install a-b && true\n' : ''),
    undefined,
  ],
  [
    'files that may not grow',
    { kind: 'file-size' },
    {
      '/proc/self/limits':
        'Limit  Soft Limit  Hard Limit  Units\nMax file size             1048576              unlimited            bytes\n',
    },
    found,
    'files may not grow beyond 1048576 bytes (RLIMIT_FSIZE): a run that reaches that is killed',
  ],
  [
    'files of any size',
    { kind: 'file-size' },
    { '/proc/self/limits': 'Max file size             unlimited            unlimited            bytes\n' },
    found,
    undefined,
  ],
  ['a tool', { kind: 'tool', name: 't', debianPackage: 'p' }, { '/usr/sbin/t': '' }, missing, undefined],
  ['no tool', { kind: 'tool', name: 't', debianPackage: 'p' }, {}, found, 'program t is not installed'],
  ['cgroups', cgroup, controllers, found, undefined],
  [
    'cgroups without a controller',
    cgroup,
    { '/sys/fs/cgroup/cgroup.controllers': 'cpu\n' },
    found,
    'cgroup v2 lacks the controllers io',
  ],
  [
    'cgroups that are mounted read-only over writable ones',
    cgroup,
    {
      ...controllers,
      '/proc/self/mountinfo': mountinfo('rw,nosuid', 'ro,nosuid'),
    },
    found,
    'cgroups cannot be changed from here: /sys/fs/cgroup is mounted read-only',
  ],
  [
    'cgroups that are mounted writable over read-only ones',
    cgroup,
    { ...controllers, '/proc/self/mountinfo': mountinfo('ro', 'rw') },
    found,
    undefined,
  ],
  [
    'configfs',
    { kind: 'configfs' },
    { '/proc/self/mountinfo': '40 24 0:27 / /sys/kernel/config rw - configfs configfs rw\n' },
    found,
    undefined,
  ],
  [
    'no configfs',
    { kind: 'configfs' },
    { '/proc/self/mountinfo': '40 24 0:27 / /mnt rw - configfs configfs rw\n' },
    found,
    'configfs is not mounted at /sys/kernel/config',
  ],
])('%s', async (_, need, texts, run, problem) => {
  const [state] = await checkNeeds([need], await kernelWith(texts, run));
  expect(state?.problem?.message).toBe(problem);
});

it.each([undefined, 'the native module koffi cannot be loaded: wrong ELF class'])(
  'the native module is asked for of the kernel port: %s',
  async (failure) => {
    const [state] = await checkNeeds([{ kind: 'native' }], fakeKernel({ nativeFailure: () => failure }));
    expect(state?.problem?.message).toBe(failure && `${failure}; only recover, knobs, report and doctor work without`);
  },
);

describe('what a ring or a domain of Xen needs', () => {
  const dom0 = {
    '/sys/hypervisor/type': 'xen\n',
    '/proc/xen/capabilities': 'control_d\n',
    '/proc/sys/kernel/osrelease': '6.12.1-amd64\n',
    '/proc/stat': 'cpu 0\ncpu0 0\ncpu1 0\n',
  };
  const memory: Need = { kind: 'xen-memory', bytes: 56 * 2 ** 20, count: 2, of: 'xen-domU' };
  const told =
    (text: string): Kernel['run'] =>
    (argv) =>
      argv.join(' ') === 'xl info free_memory' ? Promise.resolve(text) : Promise.reject(new Error(argv.join(' ')));
  const unserved = () => Promise.reject(new HostError('nobody serves xenstore', undefined, { cause: errno('ENOENT') }));

  it.each<[string, Need, Readonly<Record<string, string>>, Kernel['run'], string | undefined]>([
    ['an image of the kernel', { kind: 'xen-kernel' }, { '/boot/vmlinuz-6.12.1-amd64': '' }, missing, undefined],
    [
      'no image of the kernel',
      { kind: 'xen-kernel' },
      { '/boot/vmlinuz-6.1.0': '' },
      missing,
      'there is no image of the running kernel: neither /boot/vmlinux-6.12.1-amd64 nor /boot/vmlinuz-6.12.1-amd64',
    ],
    ['as much memory as is free', memory, {}, told('128\n'), undefined],
    [
      'more memory than is free',
      memory,
      {},
      told('127\n'),
      '2 domains of 56 MiB need 128 MiB, and Xen has 127 MiB free',
    ],
    ['memory where no toolstack tells', memory, {}, missing, undefined],
    ['xenconsoled', { kind: 'xenconsoled' }, { '/proc/7/comm': 'xenconsoled\n' }, missing, undefined],
    [
      'no xenconsoled',
      { kind: 'xenconsoled' },
      { '/proc/7/comm': 'sh\n' },
      missing,
      'xenconsoled does not run, and a domain without a console cannot be created',
    ],
    [
      'more rings than CPUs',
      { kind: 'xen-ring-queues', queues: 3, ends: 'both' },
      {},
      missing,
      'queues 3: domain 0 has 2 CPUs, and blkfront makes at most one ring for each',
    ],
    [
      'names of disks that others have',
      { kind: 'xvd-names', count: 26 },
      { '/sys/block/xvda/size': '' },
      missing,
      '26 guests need as many free disk names of xvda to xvdz, and 24 are free',
    ],
  ])('%s', async (_, need, texts, run, problem) => {
    const store = fakeXenstore(['/local/domain/0/device/vbd/51728/state']);
    const kernel = { ...(await kernelWith({ ...dom0, ...texts }, run)), inXenstore: store.inXenstore };
    const [state] = await checkNeeds([need], kernel);
    expect(state?.problem?.message).toBe(problem);
  });

  it('is domain 0, and somebody who serves xenstore there', async () => {
    const need: Need = { kind: 'xen-dom0' };
    const here = await kernelWith(dom0, missing);
    const problemWith = async (kernel: Kernel): Promise<string | undefined> =>
      (await checkNeeds([need], kernel))[0]?.problem?.message;
    expect(await problemWith({ ...here, inXenstore: fakeXenstore([]).inXenstore })).toBeUndefined();
    if (process.getuid?.() === 0)
      expect(await problemWith({ ...here, inXenstore: unserved })).toBe('nobody serves xenstore');
    const guest = await kernelWith({ '/sys/hypervisor/type': 'xen\n', '/sys/hypervisor/guest_type': 'PV\n' }, missing);
    expect(await problemWith(guest)).toContain('this is not domain 0 of Xen: it is a guest domain');
  });

  it('without xenstore, names of disks are not what is missing', async () => {
    const kernel = { ...(await kernelWith(dom0, missing)), inXenstore: unserved };
    expect((await checkNeeds([{ kind: 'xvd-names', count: 27 }], kernel))[0]?.problem?.message).toContain(
      '26 are free',
    );
  });
});
