// A network namespace has a file, and the folder of these files is a mount: what was there before is there afterwards.

import { beforeEach, describe, expect, it } from 'vitest';
import { type StepOf, verbOf } from '../../../../agent/host/step.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';

const folder = '/run/netns';
const host = { names: [] as string[], mounts: [] as string[], hasFolder: false };

const machine = fakeKernel({
  exists: (path) => Promise.resolve(path === folder ? host.hasFolder : host.names.includes(path)),
  list: () => Promise.resolve(host.names),
  read: () => Promise.resolve(host.mounts.map((point) => `24 1 0:22 / ${point} rw - tmpfs tmpfs rw`).join('\n')),
  // As `ip` of iproute2 does it.
  run: ([, , , name]) => {
    host.hasFolder = true;
    if (!host.mounts.includes(folder)) host.mounts.push(folder);
    host.names.push(`${folder}/${name}`);
    host.mounts.push(`${folder}/${name}`);
    return Promise.resolve('');
  },
  unmount: (path) => {
    if (!host.mounts.includes(path)) return Promise.reject(errno('EINVAL'));
    if (host.mounts.some((one) => one.startsWith(`${path}/`))) return Promise.reject(errno('EBUSY'));
    host.mounts = host.mounts.filter((one) => one !== path);
    return Promise.resolve();
  },
  unlink: (path) => {
    if (host.mounts.includes(path)) return Promise.reject(errno('EBUSY'));
    host.names = host.names.filter((one) => one !== path);
    return Promise.resolve();
  },
  removeFolder: () => {
    host.hasFolder = false;
    return Promise.resolve();
  },
});

const one: StepOf<'netns'> = { kind: 'netns', name: 'one', why: 'a test' };
const two: StepOf<'netns'> = { ...one, name: 'two' };
const netns = verbOf(one, machine);
const make = async (step: StepOf<'netns'>): Promise<string> => {
  const prior = (await netns.capture(step)) ?? '';
  await netns.act(step, prior, AbortSignal.any([]));
  return prior;
};
beforeEach(() => Object.assign(host, { names: [], mounts: [], hasFolder: false }));

describe('the undo of network namespaces', () => {
  it.each([
    ['nothing of them', false, []],
    ['their folder', true, []],
    ['the mount of their folder', true, [folder]],
    ['a namespace of somebody else', true, [folder, `${folder}/theirs`]],
  ])('leaves %s as it was', async (_, hasFolder, mounts) => {
    const names = mounts.filter((path) => path !== folder);
    Object.assign(host, { hasFolder, mounts: [...mounts], names: [...names] });
    const [first, second] = [await make(one), await make(two)];
    expect(await netns.present(two, second)).toBe(true);
    await netns.undo(two, second, 100);
    await netns.undo(one, first, 100);
    expect([await netns.present(one, first), await netns.present(two, second)]).toEqual([false, false]);
    expect(host).toEqual({ hasFolder, mounts, names });
  });

  it('keeps the folder for one that somebody else has made meanwhile', async () => {
    const prior = await make(one);
    host.mounts.push(`${folder}/theirs`);
    host.names.push(`${folder}/theirs`);
    await netns.undo(one, prior, 100);
    expect(host.mounts).toEqual([folder, `${folder}/theirs`]);
    expect(await netns.present(one, prior)).toBe(false);
  });

  it('after a death between its calls goes on', async () => {
    const prior = await make(one);
    host.mounts = [folder];
    await netns.undo(one, prior, 100);
    expect(host).toEqual({ hasFolder: false, mounts: [], names: [] });
  });

  it('takes back the folder of an `ip` that was killed before it made the namespace', async () => {
    const prior = (await netns.capture(one)) ?? '';
    Object.assign(host, { hasFolder: true, mounts: [folder] });
    expect(await netns.present(one, prior)).toBe(true);
    await netns.undo(one, prior, 100);
    expect(host.mounts).toEqual([]);
  });

  it('takes back the folder after a death before it was mounted, or after an undo had unmounted it', async () => {
    const prior = (await netns.capture(one)) ?? '';
    host.hasFolder = true;
    expect(await netns.present(one, prior)).toBe(true);
    await netns.undo(one, prior, 100);
    expect([host.hasFolder, await netns.present(one, prior)]).toEqual([false, false]);
  });
});
