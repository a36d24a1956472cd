import { expect, it } from 'vitest';
import { checkNeeds, type Need } from '../../../../agent/host/needs/needs.ts';
import type { Kernel } from '../../../../agent/host/port.ts';
import { fakeKernel } from '../../../support/fake-kernel.ts';
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
