// Sockets that Node cannot make: of TCP inside another network namespace, and of netlink to a part of the kernel.

import { closeSync, openSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { errnoOf } from '../../lib/errors.ts';
import { libcFunction, libcFunctionNow } from './libc.ts';

/** A connection of TCP. Each method throws an Error whose `code` is the errno name; `ETIMEDOUT` after the deadline. */
export interface Connection {
  /** Its descriptor in this process: the kernel may be told to take it over. */
  readonly fd: number;
  readonly send: (data: Buffer) => Promise<void>;
  /** Gives exactly so many bytes. Throws `ECONNRESET` where the peer ends before. */
  readonly receive: (bytes: number) => Promise<Buffer>;
  readonly close: () => void;
}

/** Netlink to one part of the kernel. Throws as a connection does. */
export interface Netlink {
  readonly send: (message: Buffer) => Promise<void>;
  /** One datagram. */
  readonly receive: () => Promise<Buffer>;
  readonly close: () => void;
}

// include/linux/socket.h, include/uapi/asm-generic/socket.h, include/uapi/linux/{sched,tcp,netlink}.h
const inet = 2;
const netlinkFamily = 16;
const stream = 1;
const raw = 3;
const closeOnExec = 0o2000000;
const newNetns = 0x40000000;
const [socketLevel, receiveTimeout, sendTimeout] = [1, 20, 21];
const [tcpLevel, noDelay] = [6, 1];
const noSignal = 0x4000;

type Function = ReturnType<typeof libcFunction>;

interface Calls {
  readonly socket: (...args: readonly (Buffer | number)[]) => number;
  readonly setns: (...args: readonly (Buffer | number)[]) => number;
  readonly setOption: (...args: readonly (Buffer | number)[]) => number;
  readonly bind: (...args: readonly (Buffer | number)[]) => number;
  readonly connect: Function;
  readonly send: Function;
  readonly receive: Function;
}

let calls: Calls | undefined;

function libc(): Calls {
  return (calls ??= {
    socket: libcFunctionNow('int socket(int domain, int type, int protocol)'),
    setns: libcFunctionNow('int setns(int fd, int type)'),
    setOption: libcFunctionNow('int setsockopt(int fd, int level, int name, const void *value, unsigned int size)'),
    bind: libcFunctionNow('int bind(int fd, const void *address, unsigned int size)'),
    connect: libcFunction('int connect(int fd, const void *address, unsigned int size)'),
    send: libcFunction('long send(int fd, const void *data, unsigned long size, int flags)'),
    receive: libcFunction('long recv(int fd, _Inout_ void *data, unsigned long size, int flags)'),
  });
}

/** Connects to an IPv4 address from inside a named network namespace. `deadlineMs`: of each call on it. */
export async function connectIn(netns: string, address: string, port: number, deadlineMs: number): Promise<Connection> {
  if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address`);
  const fd = socketIn(`/run/netns/${netns}`, inet, stream | closeOnExec, 0);
  try {
    setDeadline(fd, deadlineMs);
    const on = Buffer.alloc(4);
    on.writeInt32LE(1);
    // Small requests must not wait for one another.
    libc().setOption(fd, tcpLevel, noDelay, on, on.length);
    const where = Buffer.alloc(16);
    where.writeUInt16LE(inet, 0);
    where.writeUInt16BE(port, 2);
    Buffer.from(address.split('.').map(Number)).copy(where, 4);
    await passing(libc().connect(fd, where, where.length));
  } catch (failure) {
    closeSync(fd);
    throw failure;
  }
  return {
    fd,
    send: async (data) => {
      for (let sent = 0; sent < data.length;) {
        const rest = data.subarray(sent);
        sent += await passing(libc().send(fd, rest, rest.length, noSignal));
      }
    },
    receive: async (bytes) => {
      const parts: Buffer[] = [];
      for (let left = bytes; left > 0;) {
        const part = Buffer.alloc(left);
        const got = await passing(libc().receive(fd, part, part.length, 0));
        if (got === 0) throw Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' });
        parts.push(part.subarray(0, got));
        left -= got;
      }
      return Buffer.concat(parts);
    },
    close: () => closeSync(fd),
  };
}

const datagramBytes = 65_536;

/** `port`: the number by which the kernel will know this socket; `groups`: whose messages it also gets (netlink(7)). */
export function openNetlink(protocol: number, port: number, groups: number, deadlineMs: number): Netlink {
  const fd = libc().socket(netlinkFamily, raw | closeOnExec, protocol);
  try {
    setDeadline(fd, deadlineMs);
    const own = Buffer.alloc(12);
    own.writeUInt16LE(netlinkFamily, 0);
    own.writeUInt32LE(port, 4);
    own.writeUInt32LE(groups, 8);
    libc().bind(fd, own, own.length);
  } catch (failure) {
    closeSync(fd);
    throw failure;
  }
  return {
    send: async (message) => {
      await passing(libc().send(fd, message, message.length, 0));
    },
    receive: async () => {
      const buffer = Buffer.alloc(datagramBytes);
      return buffer.subarray(0, await passing(libc().receive(fd, buffer, buffer.length, 0)));
    },
    close: () => closeSync(fd),
  };
}

/**
 * A socket belongs to the namespace of the thread that makes it, for ever. This thread goes there and back without a pause:
 * nothing else of the agent runs meanwhile, and threads that are there stay where they are.
 */
function socketIn(namespace: string, domain: number, type: number, protocol: number): number {
  const { socket, setns } = libc();
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(namespace, 'r');
  try {
    setns(there, newNetns);
    try {
      return socket(domain, type, protocol);
    } finally {
      setns(home, newNetns);
    }
  } finally {
    closeSync(there);
    closeSync(home);
  }
}

function setDeadline(fd: number, deadlineMs: number): void {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(BigInt(Math.floor(deadlineMs / 1000)), 0);
  time.writeBigInt64LE(BigInt((deadlineMs % 1000) * 1000), 8);
  for (const option of [receiveTimeout, sendTimeout]) libc().setOption(fd, socketLevel, option, time, time.length);
}

/** A call that has waited for as long as it may says so as if it had not waited at all (socket(7), SO_RCVTIMEO). */
async function passing(result: Promise<number>): Promise<number> {
  return result.catch((failure: unknown) => {
    const code = errnoOf(failure);
    if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK' && code !== 'EINPROGRESS') throw failure;
    throw Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' });
  });
}
