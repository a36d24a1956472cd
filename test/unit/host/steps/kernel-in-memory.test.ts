// Kinds of steps on a kernel in memory: what they ask it, in what order, and what they make of its refusals.

import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../../agent/host/port.ts';
import { verbOf } from '../../../../agent/host/step.ts';
import type { ModuleStep } from '../../../../agent/host/steps/module.ts';
import type { NvmeConnectStep } from '../../../../agent/host/steps/nvme-connect.ts';
import type { RingThreadsStep } from '../../../../agent/host/steps/ring-threads.ts';
import type { SpawnStep } from '../../../../agent/host/steps/spawn.ts';
import type { UdevRulesStep } from '../../../../agent/host/steps/udev-rules.ts';
import type { WriteStep } from '../../../../agent/host/steps/write.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';
import { type MemoryFiles, memoryFiles } from '../../../support/memory-files.ts';

const never = new AbortController().signal;
const why = 'a test';

/** `programs`: what a program prints by its first words; one that is not named cannot be run. */
function machine(folders: readonly string[], more: Partial<Kernel> = {}) {
  const files = memoryFiles(folders);
  const asked: string[] = [];
  const kernel = fakeKernel({
    ...files,
    run: (argv) => {
      asked.push(argv.join(' '));
      return Promise.resolve('');
    },
    ...more,
  });
  return { files, asked, kernel };
}

async function fill({ keep, makeFolders }: MemoryFiles, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await makeFolders(path.slice(0, path.lastIndexOf('/')));
    await keep(path, text);
  }
}

describe('a value of the kernel', () => {
  const step: WriteStep = { kind: 'write', path: '/sys/q/wbt', value: '0', restore: 'never', ifThere: true, why };

  it.each<[string, Partial<Kernel>, readonly string[]]>([
    ['is written where it is there', { read: () => Promise.resolve('2000') }, ['0']],
    ['that not every kernel has is left where it is not there', { read: () => Promise.resolve(undefined) }, []],
    ['that shows a name alone is left', { read: () => Promise.reject(errno('EINVAL')) }, []],
  ])('%s', async (_, has, expected) => {
    const written: string[] = [];
    const write = (_path: string, value: string): Promise<void> => {
      written.push(value);
      return Promise.resolve();
    };
    const { kernel } = machine(['/sys'], { ...has, write });
    await verbOf(step, kernel).act(step, '', never);
    expect(written).toEqual(expected);
  });
});

describe('rules of udev', () => {
  const step: UdevRulesStep = { kind: 'udev-rules', path: '/run/udev/rules.d/90-x.rules', rules: 'R', why };

  it('are nothing to do where no udevd listens', async () => {
    const { kernel } = machine(['/run']);
    expect(await verbOf(step, kernel).capture(step)).toBeUndefined();
  });

  it('are whole as soon as udevd can see them, and their folder goes again where they made it', async () => {
    const { files, asked, kernel } = machine(['/run/udev']);
    await fill(files, { '/run/udev/control': '' });
    const verb = verbOf(step, kernel);
    const prior = await verb.capture(step);
    await verb.act(step, prior ?? '', never);
    expect(await kernel.list('/run/udev/rules.d')).toEqual(['90-x.rules']);
    await verb.undo(step, prior, 100);
    expect(await kernel.exists('/run/udev/rules.d')).toBe(false);
    expect(asked).toEqual(['udevadm control --reload', 'udevadm settle --timeout=2', 'udevadm control --reload']);
    // Twice in a row is as good.
    await verb.undo(step, prior, 100);
  });

  const names = ['90-x.rules.new', '90-x.rules'];
  it.each([
    ['the folder was made', []],
    ['they were written', names.slice(0, 1)],
    ['they were in place', names.slice(1)],
  ])('are taken back by a recovery after a death when %s', async (_, left) => {
    const { files, kernel } = machine(['/run/udev']);
    await fill(files, { '/run/udev/control': '' });
    const verb = verbOf(step, kernel);
    const prior = await verb.capture(step);
    await files.makeFolders('/run/udev/rules.d');
    for (const name of left) await files.keep(`/run/udev/rules.d/${name}`, 'R');
    expect(await verb.present(step, prior)).toBe(true);
    await verb.undo(step, prior, 100);
    expect([await kernel.exists('/run/udev/rules.d'), await verb.present(step, prior)]).toEqual([false, false]);
  });

  it('of others keep the folder', async () => {
    const { files, kernel } = machine(['/run/udev']);
    await fill(files, { '/run/udev/control': '' });
    const verb = verbOf(step, kernel);
    const prior = await verb.capture(step);
    await verb.act(step, prior ?? '', never);
    await fill(files, { '/run/udev/rules.d/10-theirs.rules': '' });
    await verb.undo(step, prior, 100);
    expect(await kernel.list('/run/udev/rules.d')).toEqual(['10-theirs.rules']);
    expect(await verb.present(step, prior)).toBe(false);
  });
});

describe('a module', () => {
  const step: ModuleStep = { kind: 'module', name: 'top', why };
  const shown = 'insmod /lib/low.ko\ninsmod /lib/top.ko\n';

  it('is unloaded with what it brought in, backwards, and what others use stays', async () => {
    const unloaded: string[] = [];
    const { files, kernel } = machine(['/proc'], {
      run: () => Promise.resolve(shown),
      unload: (name) => {
        unloaded.push(name);
        return name === 'low' ? Promise.reject(errno('EAGAIN')) : Promise.resolve();
      },
    });
    await fill(files, { '/proc/modules': 'ext4 1 0 - Live\n' });
    const verb = verbOf(step, kernel);
    const prior = await verb.capture(step);
    expect(prior).toBe('low top');
    await files.keep('/proc/modules', 'top 1 0 - Live\nlow 1 1 top, Live\next4 1 0 - Live\n');
    await verb.undo(step, prior, 0);
    expect(unloaded).toEqual(['top', 'low']);
  });

  it('that cannot be unloaded for another reason is named', async () => {
    const { files, kernel } = machine(['/proc'], { unload: () => Promise.reject(errno('EPERM')) });
    await fill(files, { '/proc/modules': 'top 1 0 - Live\n' });
    await expect(verbOf(step, kernel).undo(step, 'top', 0)).rejects.toThrow('cannot unload top: EPERM');
  });
});

describe('an NVMe/TCP path', () => {
  const step: NvmeConnectStep = {
    ...{ kind: 'nvme-connect', address: '192.0.2.1', port: 4420, nqn: 'nqn.x:d', hostnqn: 'nqn.h:a', hostid: 'i' },
    ...{ queues: 1, queueSize: 128, why },
  };
  const nvme = '/sys/class/nvme';

  it('is not dialled by the kernel where nobody answers', async () => {
    const { asked, kernel } = machine([], { dial: () => Promise.reject(new Error('cannot be reached: ECONNREFUSED')) });
    await expect(verbOf(step, kernel).act(step, '', never)).rejects.toThrow(
      'NVMe/TCP target 192.0.2.1:4420 cannot be reached: ECONNREFUSED',
    );
    expect(asked).toEqual([]);
  });

  it('never joins one that the host has to the same subsystem', async () => {
    const { files, asked, kernel } = machine([]);
    await fill(files, { [`${nvme}/nvme0/subsysnqn`]: 'nqn.x:d\n', [`${nvme}/nvme0/hostnqn`]: 'nqn.h:theirs\n' });
    await expect(verbOf(step, kernel).act(step, '', never)).rejects.toThrow('in use by this host already (nvme0)');
    expect(asked).toEqual([]);
  });

  it('of ours alone is undone, and its names are hidden from users while it stands', async () => {
    const removed: string[] = [];
    const { files, kernel } = machine([], {
      dial: () => Promise.resolve(),
      run: () => fill(files, { ...ours, ...theirs }).then(() => ''),
      write: (path) => {
        removed.push(path);
        return files.removeTree(path.slice(0, path.lastIndexOf('/')));
      },
    });
    const ours = {
      [`${nvme}/nvme1/subsysnqn`]: 'nqn.x:d\n',
      [`${nvme}/nvme1/hostnqn`]: 'nqn.h:a\n',
      [`${nvme}/nvme1/hostid`]: '',
    };
    const theirs = { [`${nvme}/nvme2/subsysnqn`]: 'nqn.x:other\n', [`${nvme}/nvme2/hostnqn`]: 'nqn.h:a\n' };
    const verb = verbOf(step, kernel);
    await verb.act(step, '', never);
    for (const name of ['hostnqn', 'hostid'])
      expect(files.entries.get(`${nvme}/nvme1/${name}`)).toMatchObject({ mode: 0o400 });
    expect(await verb.present(step, '')).toBe(true);
    await verb.undo(step, '', 100);
    expect(removed).toEqual([`${nvme}/nvme1/delete_controller`]);
    expect(await kernel.list(nvme)).toEqual(['nvme2']);
  });
});

it('the threads of a ring are the kernel’s own: a program that calls itself so is left where it is', async () => {
  const moved: string[] = [];
  const { files, kernel } = machine(['/c'], {
    write: (path, value) => {
      moved.push(`${value} > ${path}`);
      return Promise.resolve();
    },
  });
  await fill(files, {
    ...{ '/proc/7/comm': '3.xvda-0\n', '/proc/7/cmdline': '' },
    ...{ '/proc/8/comm': '3.xvda-1\n', '/proc/8/cmdline': 'sh\0' },
    ...{ '/proc/9/comm': '4.xvda-0\n', '/proc/9/cmdline': '', '/c/cgroup.procs': '' },
  });
  const step: RingThreadsStep = { kind: 'ring-threads', prefix: '3.xvda-', cgroup: '/c', why };
  await verbOf(step, kernel).act(step, '', never);
  expect(moved).toEqual(['7 > /c/cgroup.procs']);
});

describe('before an unwind', () => {
  const step: SpawnStep = { kind: 'spawn', name: 'd', argv: ['d'], cgroup: '/c', why };

  it.each([
    ['a process is killed', {}, 'populated 1\n', ['1 > /c/cgroup.kill'], []],
    ['a daemon that holds I/O of others is left alone', { survives: true }, 'populated 1\n', [], []],
    ['a dead one is started again', { survives: true }, 'populated 0\n', [], ['d']],
  ] as const)('%s', async (_, more, events, written, started) => {
    const [writes, starts]: [string[], string[]] = [[], []];
    const { files, kernel } = machine(['/c'], {
      write: (path, value) => {
        writes.push(`${value} > ${path}`);
        return Promise.resolve();
      },
      start: ({ name }) => {
        starts.push(name);
        throw new Error('started');
      },
    });
    await fill(files, { '/c/cgroup.events': events });
    const one = { ...step, ...more };
    await verbOf(one, kernel)
      .release?.(one)
      .catch(() => undefined);
    expect([writes, starts]).toEqual([written, started]);
  });
});
