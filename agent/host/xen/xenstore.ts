// xenstore over its daemon's socket (xen/include/public/io/xs_wire.h): a key costs a message instead of the start of a
// process, and several change together or not at all.

import { errnoOf } from '../../lib/errors.ts';
import { type Connection, openXenstore, requestType as type, textOf } from './xenstore-connection.ts';
import { namesBelow } from './xenstore-directory.ts';

export interface Xenstore {
  /** Undefined where there is no such key. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names below a key; empty where there is none. */
  readonly list: (path: string) => Promise<readonly string[]>;
  readonly write: (path: string, value: string) => Promise<void>;
  /** Gives the key to `owner`, a domain, and lets `reader` read it; keys that are made below it are the same. */
  readonly permit: (path: string, owner: number, reader: number) => Promise<void>;
  /** The key and all below it; nothing where it is gone already. */
  readonly remove: (path: string) => Promise<void>;
}

/** Nobody serves xenstore here: this is no Xen host, or its daemon does not run. */
export function isWithoutXenstore(failure: unknown): boolean {
  const code = errnoOf(failure instanceof Error ? failure.cause : undefined);
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** Throws HostError when the daemon cannot be reached, does not answer, or refuses. */
export async function withXenstore<T>(body: (store: Xenstore) => Promise<T>): Promise<T> {
  const connection = await openXenstore();
  try {
    return await body(storeOf(connection, 0));
  } finally {
    connection.close();
  }
}

/** All changes of `body` take effect together; it is called again when somebody else's came in between. */
export async function inTransaction<T>(body: (store: Xenstore) => Promise<T>): Promise<T> {
  const connection = await openXenstore();
  try {
    for (let attempt = 1; ; attempt++) {
      const id = Number(textOf(await connection.ask(type.begin, 0, '\0')));
      const result = await body(storeOf(connection, id)).catch(async (failure: unknown) => {
        await connection.ask(type.end, id, 'F\0');
        throw failure;
      });
      try {
        await connection.ask(type.end, id, 'T\0');
        return result;
      } catch (failure) {
        if (codeOf(failure) !== 'EAGAIN' || attempt >= mostAttempts) throw failure;
      }
    }
  } finally {
    connection.close();
  }
}

const mostAttempts = 20;

/** `transaction`: 0 outside of any. */
export function storeOf(connection: Connection, transaction: number): Xenstore {
  const { ask } = connection;
  const orIfAbsent = <T>(answer: Promise<T>, instead: T): Promise<T> =>
    answer.catch((failure: unknown) => {
      if (codeOf(failure) === 'ENOENT') return instead;
      throw failure;
    });
  return {
    read: (path) =>
      orIfAbsent(
        ask(type.read, transaction, `${path}\0`).then((answer) => answer.toString()),
        undefined,
      ),
    list: (path) => orIfAbsent(namesBelow(connection, transaction, path), []),
    write: async (path, value) => {
      await ask(type.write, transaction, `${path}\0${value}`);
    },
    permit: async (path, owner, reader) => {
      await ask(type.permit, transaction, `${path}\0n${owner}\0r${reader}\0`);
    },
    remove: async (path) => {
      await orIfAbsent(ask(type.remove, transaction, `${path}\0`), Buffer.alloc(0));
    },
  };
}

function codeOf(failure: unknown): string | undefined {
  return errnoOf(failure instanceof Error ? failure.cause : undefined);
}
