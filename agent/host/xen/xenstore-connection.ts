// A connection to xenstored: requests and answers as xen/include/public/io/xs_wire.h lays them out.

import { connect, type Socket } from 'node:net';
import { errnoOf, HostError } from '../../lib/errors.ts';
import { waitFor } from '../kernel/wait.ts';

export const daemonSocket = '/run/xenstored/socket';
/** For a place in the daemon's queue, and then for each answer. */
const answerMs = 5_000;
const headerBytes = 16;

export const requestType = {
  ...{ directory: 1, read: 2, begin: 6, end: 7, write: 11, remove: 13, permit: 14, directoryPart: 22 },
} as const;
const errorType = 16;

export interface Connection {
  /** One request at a time. */
  readonly ask: (type: number, transaction: number, body: string) => Promise<Buffer>;
  readonly close: () => void;
}

/** Throws HostError when nobody serves `path`, or the daemon stays too busy to take one more. */
export async function openXenstore(path = daemonSocket): Promise<Connection> {
  const socket = await waitFor(`a place in the queue of xenstored at ${path}`, answerMs, () => tryConnect(path));
  let held = Buffer.alloc(0);
  let answered: ((failure?: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    answered?.();
  });
  const closed = (cause?: Error): HostError => new HostError('xenstored closed the connection', undefined, { cause });
  const fail = (failure?: Error): void => answered?.(closed(failure));
  socket.on('error', fail).on('close', () => fail());
  const ask = async (kind: number, transaction: number, body: string): Promise<Buffer> => {
    // Nothing would come back, and nobody would say so.
    if (socket.destroyed) throw closed();
    socket.write(message(kind, transaction, body));
    const whole = await answer(
      socket,
      () => takeWhole(held),
      (listener) => (answered = listener),
    );
    held = held.subarray(whole.length);
    if (whole.readUInt32LE(0) !== errorType) return whole.subarray(headerBytes);
    const code = textOf(whole.subarray(headerBytes));
    const refused = `xenstored refuses ${body.split('\0')[0] ?? ''}: ${code}`;
    throw new HostError(refused, undefined, { cause: Object.assign(new Error(code), { code }) });
  };
  return { ask, close: () => socket.destroy() };
}

/** Undefined while the queue is full: it holds two at most (xenstored listens with a backlog of 1), and a full one answers EAGAIN. */
async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
    return socket;
  } catch (cause) {
    if (errnoOf(cause) === 'EAGAIN') return undefined;
    const hint = 'start it: service xen start (Debian: xen-utils-common); it runs in domain 0 of a Xen host';
    throw new HostError(`cannot reach xenstored at ${path}: ${errnoOf(cause) ?? ''}`, hint, { cause });
  }
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
        reject(new HostError(`xenstored does not answer within ${answerMs / 1000} s`));
        socket.destroy();
      }, answerMs);
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

/** Without the zeros that end or part strings. */
export function textOf(buffer: Buffer): string {
  return buffer.toString().replaceAll('\0', '');
}
