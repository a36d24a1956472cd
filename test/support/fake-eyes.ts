// A kernel for what only looks, made of texts: files, links, and which paths lead to which block device.

import type { Member } from '../../agent/host/guard/look.ts';
import type { Kernel } from '../../agent/host/port.ts';
import { fakeKernel } from './fake-kernel.ts';
import { fakeTree, type Tree } from './fake-tree.ts';

export interface FakeHost {
  readonly files?: Tree;
  readonly links?: Readonly<Record<string, string>>;
  /** Paths by the `major:minor` that they lead to; an error is thrown. */
  readonly nodes?: Readonly<Record<string, string | Error>>;
  /** Loop devices by the `major:minor` that they stand on; an error is thrown. */
  readonly loops?: Readonly<Record<string, string | Error>>;
  readonly printed?: string | Error;
}

export function fakeEyes({ files = {}, links = {}, nodes = {}, loops = {}, printed = '' }: FakeHost): Kernel {
  const tree = fakeTree({
    ...files,
    ...Object.fromEntries([...Object.keys(links), ...Object.keys(nodes)].map((path) => [path, ''])),
  });
  return fakeKernel({
    // Looked at anew each time, as a test may change them meanwhile.
    read: (path) => fakeTree(files).read(path),
    list: (path) => {
      const content = files[path];
      return content instanceof Error ? Promise.reject(content) : tree.list(path);
    },
    linkOf: (path) => Promise.resolve(links[path]),
    numberOf: (path) => {
      const number = nodes[path];
      return number instanceof Error ? Promise.reject(number) : Promise.resolve(number);
    },
    loopOn: (name) => {
      const number = loops[name];
      return number instanceof Error ? Promise.reject(number) : Promise.resolve(number);
    },
    run: () => (printed instanceof Error ? Promise.reject(printed) : Promise.resolve(printed)),
    inodeOf: () => Promise.resolve(undefined),
  });
}

/** A disk with one partition. */
export const sdb: readonly Member[] = [
  { name: 'sdb', number: '8:16' },
  { name: 'sdb1', number: '8:17' },
];
