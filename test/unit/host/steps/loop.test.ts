// Loop devices are known by their number, which is anybody's again once it is free.

import { beforeEach, describe, expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';

/** Of loop3: undefined where there is no such device, an empty text where nothing is bound to it. */
const kernel = { backing: undefined as string | undefined, onDetach: '', calls: [] as string[] };

const machine = fakeKernel({
  exists: () => Promise.resolve(kernel.backing !== undefined),
  read: () => Promise.resolve(kernel.backing ? `${kernel.backing}\n` : undefined),
  run: (argv) => {
    kernel.calls.push(argv.join(' '));
    if (argv[1] === '-d') kernel.backing = kernel.onDetach;
    return Promise.resolve('');
  },
  control: () => {
    kernel.calls.push('remove');
    const code = kernel.backing === undefined ? 'ENODEV' : kernel.backing === '' ? undefined : 'EBUSY';
    if (code !== undefined) return Promise.reject(errno(code));
    kernel.backing = undefined;
    return Promise.resolve(0);
  },
});

const step = { kind: 'loop', index: 3, path: '/dev/dm-1', why: 'a test' } as const;
const loop = verbOf(step, machine);
beforeEach(() => Object.assign(kernel, { backing: undefined, onDetach: '', calls: [] }));

describe('whether a loop device of ours is there', () => {
  it.each<[string, string | undefined, string, boolean]>([
    ['bound to our disk', '/dev/dm-1', 'added', true],
    ['bound to our disk, on a node that was there', '/dev/dm-1', 'found', true],
    ['made by us, and bound to nothing', '', 'added', true],
    ['bound to nothing, on a node that was there', '', 'found', false],
    ['made by us, and bound by somebody else since', '/home/theirs.img', 'added', false],
    ['bound by somebody else, on a node that was there', '/home/theirs.img', 'found', false],
    ['gone', undefined, 'added', false],
  ])('%s', async (_, backing, prior, isThere) => {
    kernel.backing = backing;
    expect(await loop.present(step, prior)).toBe(isThere);
  });
});

describe('the undo of a loop device', () => {
  it('detaches it, and removes the node that it made', async () => {
    kernel.backing = '/dev/dm-1';
    await loop.undo(step, 'added', 100);
    expect(kernel.calls).toEqual(['losetup -d /dev/loop3', 'remove']);
    expect(await loop.present(step, 'added')).toBe(false);
  });

  it('leaves a node that was there', async () => {
    kernel.backing = '/dev/dm-1';
    await loop.undo(step, 'found', 100);
    expect(kernel.calls).toEqual(['losetup -d /dev/loop3']);
  });

  it('after a death between its two calls removes the node alone', async () => {
    kernel.backing = '';
    await loop.undo(step, 'added', 100);
    expect(kernel.calls).toEqual(['remove']);
  });

  it('leaves the number to whoever takes it between its two calls', async () => {
    Object.assign(kernel, { backing: '/dev/dm-1', onDetach: '/home/theirs.img' });
    await loop.undo(step, 'added', 100);
    expect(kernel.calls).toEqual(['losetup -d /dev/loop3']);
    expect(await loop.present(step, 'added')).toBe(false);
  });

  it('is done where the node has gone by itself', async () => {
    await loop.undo(step, 'added', 100);
    expect(await loop.present(step, 'added')).toBe(false);
  });
});
