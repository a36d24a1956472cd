// xenstore over its daemon's socket (xen/include/public/io/xs_wire.h): a key costs a message instead of the start of a
// process, and several change together or not at all.

import { connect, type Socket } from 'node:net';
import { errnoOf, HostError } from '../lib/errors.ts';

const socketPath = '/run/xenstored/socket';
const answerDeadlineMs = 5_000;
const headerBytes = 16;
const type = { directory: 1, read: 2, begin: 6, end: 7, write: 11, remove: 13, permit: 14, error: 16 } as const;

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
  const connection = await open();
  try {
    return await body(storeOf(connection, 0));
  } finally {
    connection.close();
  }
}

/** All changes of `body` take effect together; it is called again when somebody else's came in between. */
export async function inTransaction<T>(body: (store: Xenstore) => Promise<T>): Promise<T> {
  const connection = await open();
  try {
    for (let attempt = 1; ; attempt++) {
      const id = Number(text(await connection.ask(type.begin, 0, '\0')));
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

function storeOf({ ask }: Connection, transaction: number): Xenstore {
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
    list: (path) =>
      orIfAbsent(
        ask(type.directory, transaction, `${path}\0`).then((answer) => answer.toString().split('\0').filter(Boolean)),
        [],
      ),
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

interface Connection {
  /** One request at a time. */
  readonly ask: (type: number, transaction: number, body: string) => Promise<Buffer>;
  readonly close: () => void;
}

async function open(): Promise<Connection> {
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', (cause) => {
      const hint = 'start it (service xen start); it runs in domain 0 of a Xen host';
      reject(new HostError(`cannot reach xenstored at ${socketPath}: ${errnoOf(cause) ?? ''}`, hint, { cause }));
    });
  });
  let held = Buffer.alloc(0);
  let answered: ((failure?: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    answered?.();
  });
  const fail = (failure?: Error): void => answered?.(failure ?? new HostError('xenstored closed the connection'));
  socket.on('error', fail).on('close', () => fail());
  const ask = async (kind: number, transaction: number, body: string): Promise<Buffer> => {
    socket.write(message(kind, transaction, body));
    const whole = await answer(
      socket,
      () => takeWhole(held),
      (listener) => (answered = listener),
    );
    held = held.subarray(whole.length);
    if (whole.readUInt32LE(0) !== type.error) return whole.subarray(headerBytes);
    const code = text(whole.subarray(headerBytes));
    const refused = `xenstored refuses ${body.split('\0')[0] ?? ''}: ${code}`;
    throw new HostError(refused, undefined, { cause: Object.assign(new Error(code), { code }) });
  };
  return { ask, close: () => socket.destroy() };
}

function message(kind: number, transaction: number, body: string): Buffer {
  const payload = Buffer.from(body);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(kind, 0);
  header.writeUInt32LE(transaction, 8);
  header.writeUInt32LE(payload.length, 12);
  return Buffer.concat([header, payload]);
}

function takeWhole(held: Buffer): Buffer | undefined {
  if (held.length < headerBytes) return undefined;
  const length = headerBytes + held.readUInt32LE(12);
  return held.length < length ? undefined : held.subarray(0, length);
}

async function answer(
  socket: Socket,
  take: () => Buffer | undefined,
  listen: (listener: ((failure?: Error) => void) | undefined) => void,
): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new HostError(`xenstored does not answer within ${answerDeadlineMs / 1000} s`));
        socket.destroy();
      }, answerDeadlineMs);
      listen((failure) => {
        const whole = take();
        if (whole) resolve(whole);
        else if (failure) reject(failure);
      });
    });
  } finally {
    listen(undefined);
    clearTimeout(timer);
  }
}

function text(buffer: Buffer): string {
  return buffer.toString().replaceAll('\0', '');
}

function codeOf(failure: unknown): string | undefined {
  return errnoOf(failure instanceof Error ? failure.cause : undefined);
}
