// Reading the host, whatever a thing stands in: a file of the kernel's, or a key of xenstore.

import { xenstoreScheme } from '../lib/xen.ts';
import { listFolder, readText } from './kernel/files.ts';
import type { Reads } from './reads.ts';
import { sharedXenstore } from './xen/xenstore-shared.ts';
import { isWithoutXenstore, type Xenstore } from './xen/xenstore.ts';

interface Ways extends Reads {
  readonly inXenstore: <T>(look: (store: Pick<Xenstore, 'read' | 'list'>) => Promise<T>) => Promise<T>;
}

/** Takes `xenstore:/...` for keys of xenstore, and all else for files. A host without xenstore has no keys. */
export function readsOf({ read, list, inXenstore }: Ways): Reads {
  const inStore = async <T>(look: (store: Pick<Xenstore, 'read' | 'list'>) => Promise<T>, without: T): Promise<T> => {
    try {
      return await inXenstore(look);
    } catch (failure) {
      if (isWithoutXenstore(failure)) return without;
      throw failure;
    }
  };
  return {
    read: async (path) => {
      const key = keyIn(path);
      return key === undefined ? read(path) : inStore((store) => store.read(key), undefined);
    },
    list: async (path) => {
      const key = keyIn(path);
      return key === undefined ? list(path) : inStore((store) => store.list(key), []);
    },
  };
}

function keyIn(path: string): string | undefined {
  return path.startsWith(xenstoreScheme) ? path.slice(xenstoreScheme.length) : undefined;
}

/** Text of a file, or of a key `xenstore:/...`; and names in a folder, or below a key; of this machine. */
export const { read: readAny, list: listAny } = readsOf({
  ...{ read: readText, list: listFolder, inXenstore: sharedXenstore() },
});
