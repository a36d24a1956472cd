import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchDisk, type Watching } from '../../../agent/run/watch-disk.ts';

const claim = { path: '/dev/sdb', number: '8:16', name: 'sdb', sectors: 8, destroy: { serial: 's' } };
const uuid = 'LAYERLIFT-abcdef-guard';
const qemu = [{ message: '/dev/sdb is in use: process 12 (qemu-system-x86) has sdb open' }];

let watching: Watching | undefined;
afterEach(() => watching?.end());

/** A host on which `holders` stand on the disk, the first of them the guard of the run. */
function watch(find: (claim: unknown, by: string) => Promise<typeof qemu>, holders: readonly string[] = ['dm-3']) {
  const stop = vi.fn();
  const files: Readonly<Record<string, string>> = {
    '/sys/class/block/dm-3/dm/uuid': `${uuid}\n`,
    '/sys/class/block/dm-9/dm/uuid': 'LAYERLIFT-fedcba-guard\n',
  };
  const host = {
    list: () => Promise.resolve(holders),
    read: (path: string) => Promise.resolve(files[path]),
  };
  watching = watchDisk(host, { claim, uuid }, stop, { find, everyMs: 1, againMs: 1 });
  return stop;
}
const moment = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 60));

describe('a disk that a run overwrites', () => {
  it('ends the run when somebody opens it, in a sentence that names who', async () => {
    let looks = 0;
    const find = vi.fn(() => Promise.resolve(++looks > 4 ? qemu : []));
    const stop = watch(find);
    await vi.waitFor(() => expect(stop).toHaveBeenCalled());
    expect(stop).toHaveBeenCalledWith(
      'stopped as others came to the disk that this run overwrites: /dev/sdb is in use: process 12 (qemu-system-x86) has sdb open',
    );
    // Our own device on it is no other.
    expect(find).toHaveBeenLastCalledWith(claim, 'dm-3');
    await moment();
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('does not end it for who only looks and is gone at the next look', async () => {
    let looks = 0;
    const stop = watch(() => Promise.resolve(++looks % 3 === 0 ? [] : qemu));
    await vi.waitFor(() => expect(looks).toBeGreaterThan(4));
    expect(stop).not.toHaveBeenCalled();
  });

  it.each([
    ['nobody', []],
    ['the guard of another run', ['dm-9']],
  ])('is not looked at before it is claimed: %s stands on it', async (_, holders) => {
    const find = vi.fn(() => Promise.resolve(qemu));
    const stop = watch(find, holders);
    await moment();
    expect(find).not.toHaveBeenCalled();
    expect(stop).not.toHaveBeenCalled();
  });

  it('is not looked at once the run has ended', async () => {
    const find = vi.fn(() => Promise.resolve([] as typeof qemu));
    watch(find);
    await vi.waitFor(() => expect(find).toHaveBeenCalled());
    watching?.end();
    await moment();
    const before = find.mock.calls.length;
    await moment();
    expect(find.mock.calls.length).toBe(before);
  });
});
