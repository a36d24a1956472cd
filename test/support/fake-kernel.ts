// A kernel in memory behind the port that kinds of steps ask: whatever a test does not give fails, so nothing is real.

import type { Kernel } from '../../agent/host/port.ts';
import type { Xenstore } from '../../agent/host/xen/xenstore.ts';

/** What a test gives of it; all else fails by name. */
export function fakeKernel(given: Partial<Kernel>): Kernel {
  const absent = (name: string) => (): never => {
    throw new Error(`the fake kernel has no ${name}`);
  };
  return {
    read: absent('read'),
    list: absent('list'),
    exists: absent('exists'),
    write: absent('write'),
    makeFolder: absent('makeFolder'),
    removeFolder: absent('removeFolder'),
    makeFolders: absent('makeFolders'),
    link: absent('link'),
    unlink: absent('unlink'),
    keep: absent('keep'),
    rename: absent('rename'),
    setMode: absent('setMode'),
    copy: absent('copy'),
    removeTree: absent('removeTree'),
    listTree: absent('listTree'),
    run: absent('run'),
    start: absent('start'),
    unload: absent('unload'),
    unmount: absent('unmount'),
    dial: absent('dial'),
    connectIn: absent('connectIn'),
    netlink: absent('netlink'),
    nativeFailure: () => undefined,
    control: absent('control'),
    // No path leads to a block device.
    blockNumber: () => undefined,
    linkOf: absent('linkOf'),
    numberOf: absent('numberOf'),
    loopOn: absent('loopOn'),
    inodeOf: absent('inodeOf'),
    openExclusively: absent('openExclusively'),
    inXenstore: absent('inXenstore'),
    changeXenstore: absent('changeXenstore'),
    ...given,
  };
}

/** An Error as Node gives it for the kernel's answer. */
export function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export interface FakeXenstore extends Pick<Kernel, 'inXenstore' | 'changeXenstore'> {
  keys: Map<string, string>;
  /** What somebody else does before the next transactions end. */
  meanwhile: (() => void)[];
}

/** xenstored: changes of others since its beginning undo a transaction, and it is begun anew. Nothing changes outside of one. */
export function fakeXenstore(paths: readonly string[]): FakeXenstore {
  const daemon: FakeXenstore = {
    keys: new Map(paths.map((path) => [path, ''])),
    meanwhile: [],
    inXenstore: (body) => body(storeOf(daemon.keys, true)),
    changeXenstore: async (body) => {
      for (;;) {
        const mine = new Map(daemon.keys);
        const result = await body(storeOf(mine, false));
        const other = daemon.meanwhile.shift();
        if (!other) {
          daemon.keys = mine;
          return result;
        }
        other();
      }
    },
  };
  return daemon;
}

function storeOf(keys: Map<string, string>, isOnlyRead: boolean): Xenstore {
  const change = (body: () => void): Promise<void> => {
    if (isOnlyRead) throw new Error('changed outside of a transaction');
    body();
    return Promise.resolve();
  };
  return {
    read: (path) => Promise.resolve(keys.get(path)),
    list: (path) => {
      const below = [...keys.keys()].filter((key) => key.startsWith(`${path}/`));
      return Promise.resolve([...new Set(below.map((key) => key.slice(path.length + 1).split('/')[0] ?? ''))]);
    },
    write: (path, value) => change(() => keys.set(path, value)),
    permit: () => change(() => undefined),
    remove: (path) =>
      change(() => {
        for (const key of [...keys.keys()]) if (key === path || key.startsWith(`${path}/`)) keys.delete(key);
      }),
  };
}
