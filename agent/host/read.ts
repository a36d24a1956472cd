// Reading the host, whatever a thing stands in: a file of the kernel's, or a key of xenstore.

import { xenstoreScheme } from '../lib/xen.ts';
import { listFolder, readText } from './kernel/files.ts';
import { sharedXenstore } from './xen/xenstore-shared.ts';
import { isWithoutXenstore, type Xenstore } from './xen/xenstore.ts';

/** Text of a file, or of a key `xenstore:/...`; undefined where there is none. */
export async function readAny(path: string): Promise<string | undefined> {
  const key = keyIn(path);
  return key === undefined ? readText(path) : inStore((store) => store.read(key), undefined);
}

/** Names in a folder, or below a key `xenstore:/...`; empty where there is none. */
export async function listAny(path: string): Promise<readonly string[]> {
  const key = keyIn(path);
  return key === undefined ? listFolder(path) : inStore((store) => store.list(key), []);
}

function keyIn(path: string): string | undefined {
  return path.startsWith(xenstoreScheme) ? path.slice(xenstoreScheme.length) : undefined;
}

const ask = sharedXenstore();

async function inStore<T>(look: (store: Pick<Xenstore, 'read' | 'list'>) => Promise<T>, without: T): Promise<T> {
  try {
    return await ask(look);
  } catch (failure) {
    if (isWithoutXenstore(failure)) return without;
    throw failure;
  }
}
