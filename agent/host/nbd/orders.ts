// Orders to the kernel's NBD client by generic netlink, as nbd-client gives them (include/uapi/linux/nbd-netlink.h): take
// these connections for a device, or let go of it. The daemon that asked may end: the device stays.

import { getSystemErrorName } from 'node:util';
import { errnoOf, HostError } from '../../lib/errors.ts';
import type { Netlink } from '../kernel/socket.ts';
import type { Kernel } from '../port.ts';

const generic = 16;
const answerMs = 30_000;
// include/uapi/linux/{netlink,genetlink}.h
const [errorType, controlFamily, getFamily, familyId, familyName] = [2, 0x10, 3, 1, 2];
const [isRequest, wantsAnswer, isNested] = [1, 4, 0x8000];

const [connectOrder, disconnectOrder] = [1, 2];
const attributes = {
  index: 1,
  bytes: 2,
  blockBytes: 3,
  timeoutSeconds: 4,
  serverFlags: 5,
  clientFlags: 6,
  sockets: 7,
  backend: 10,
} as const;
const [socketItem, socketFd] = [1, 1];
/** NBD_CFLAG_DESTROY_ON_DISCONNECT */
const goesWhenLetGo = 1;

export interface NbdOrder {
  readonly index: number;
  readonly bytes: number;
  readonly blockBytes: number;
  readonly flags: number;
  readonly fds: readonly number[];
  /** What `/sys/block/nbdN/backend` will say: whose it is. */
  readonly backend: string;
  /** The device was made for this, and goes with it. */
  readonly isNew: boolean;
}

/** A server that does not answer for so long has failed. */
const timeoutSeconds = 60;

/** Throws HostError with the kernel's answer. */
export async function connectNbd(order: NbdOrder, kernel: Pick<Kernel, 'netlink'>): Promise<void> {
  const sockets = order.fds.map((fd) => attribute(socketItem | isNested, attribute(socketFd, u32(fd))));
  await speaking(kernel, 'takes the connections', connectOrder, [
    attribute(attributes.index, u32(order.index)),
    attribute(attributes.bytes, u64(order.bytes)),
    attribute(attributes.blockBytes, u64(order.blockBytes)),
    attribute(attributes.timeoutSeconds, u64(timeoutSeconds)),
    attribute(attributes.serverFlags, u64(order.flags)),
    attribute(attributes.clientFlags, u64(order.isNew ? goesWhenLetGo : 0)),
    attribute(attributes.sockets | isNested, Buffer.concat(sockets)),
    attribute(attributes.backend, Buffer.from(`${order.backend}\0`)),
  ]);
}

/** Throws HostError with the kernel's answer. */
export async function disconnectNbd(index: number, kernel: Pick<Kernel, 'netlink'>): Promise<void> {
  await speaking(kernel, 'lets go of the device', disconnectOrder, [attribute(attributes.index, u32(index))]);
}

async function speaking(
  kernel: Pick<Kernel, 'netlink'>,
  what: string,
  order: number,
  body: readonly Buffer[],
): Promise<void> {
  let netlink: Netlink;
  try {
    // A number of the kernel's choice.
    netlink = kernel.netlink(generic, 0, 0, answerMs);
  } catch (cause) {
    throw new HostError(`the kernel takes no orders for NBD here: ${errnoOf(cause) ?? String(cause)}`, undefined, {
      cause,
    });
  }
  try {
    const name = attribute(familyName, Buffer.from('nbd\0'));
    const [family] = await ask(netlink, 'the kernel knows NBD', controlFamily, getFamily, [name]);
    const id = family === undefined ? undefined : attributesIn(family).get(familyId)?.readUInt16LE(0);
    if (id === undefined) throw new HostError('the kernel has no orders for NBD', 'modprobe nbd');
    await ask(netlink, `NBD ${what}`, id, order, body);
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError(`the kernel does not answer that NBD ${what}: ${errnoOf(cause) ?? String(cause)}`);
  } finally {
    netlink.close();
  }
}

/** Gives what came before the acknowledgement, without the headers. */
async function ask(
  netlink: Netlink,
  what: string,
  type: number,
  order: number,
  body: readonly Buffer[],
): Promise<readonly Buffer[]> {
  const message = Buffer.concat([Buffer.alloc(20), ...body]);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(isRequest | wantsAnswer, 6);
  message[16] = order;
  message[17] = 1;
  await netlink.send(message);
  const answers: Buffer[] = [];
  for (;;) {
    const datagram = await netlink.receive();
    for (let at = 0; at + 16 <= datagram.length;) {
      const size = datagram.readUInt32LE(at);
      if (size < 16) break;
      const one = datagram.subarray(at, at + size);
      at += padded(size);
      if (one.readUInt16LE(4) !== errorType) {
        answers.push(one.subarray(20));
        continue;
      }
      const error = one.readInt32LE(16);
      if (error === 0) return answers;
      const code = getSystemErrorName(error);
      throw new HostError(`it is refused that ${what}: ${code}`, undefined, {
        cause: Object.assign(new Error(code), { code }),
      });
    }
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

function attribute(type: number, value: Buffer): Buffer {
  const out = Buffer.alloc(padded(4 + value.length));
  out.writeUInt16LE(4 + value.length, 0);
  out.writeUInt16LE(type, 2);
  value.copy(out, 4);
  return out;
}

function attributesIn(body: Buffer): ReadonlyMap<number, Buffer> {
  const out = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= body.length;) {
    const size = body.readUInt16LE(at);
    if (size < 4) break;
    out.set(body.readUInt16LE(at + 2) & 0x3fff, body.subarray(at + 4, at + size));
    at += padded(size);
  }
  return out;
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}
