// A device of the kernel's NBD client without any client program: the handshake asks for the export, the kernel gets the
// connections, and only a device with our backend is ever let go.

import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../../agent/host/port.ts';
import { type StepOf, verbOf } from '../../../../agent/host/step.ts';
import type { Connection, Netlink } from '../../../../agent/host/kernel/socket.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';

const step: StepOf<'nbd-connect'> = {
  kind: 'nbd-connect',
  ...{ index: 3, backend: 'layerlift-abcdef-nbd', netns: 'n', address: '198.18.0.2', port: 10_809, export: 'disk' },
  ...{ connections: 2, blockBytes: 4096, why: 'a test' },
};

interface Server {
  readonly exports: readonly string[];
  readonly flags: number;
  readonly greeting: string;
}
const server: Server = { exports: ['disk'], flags: 1 | 4 | 8 | 256, greeting: 'NBDMAGICIHAVEOPT' };

/** As doc/proto.md of NBD has it. */
function connectionTo({ exports, flags, greeting }: Server, fd: number): Connection & { closed: boolean } {
  let outbox = Buffer.concat([Buffer.from(greeting), Buffer.of(0, 3)]);
  const connection = {
    fd,
    closed: false,
    send: (data: Buffer) => {
      const isRight = data.readUInt32BE(0) === 3 && data.toString('latin1', 4, 12) === 'IHAVEOPT';
      const name = data.toString('latin1', 20, 20 + data.readUInt32BE(16));
      if (!isRight || data.readUInt32BE(12) !== 1 || !exports.includes(name)) return Promise.resolve();
      const answer = Buffer.alloc(10);
      answer.writeBigUInt64BE(2n ** 26n, 0);
      answer.writeUInt16BE(flags, 8);
      outbox = Buffer.concat([outbox, answer]);
      return Promise.resolve();
    },
    receive: (bytes: number) => {
      if (outbox.length < bytes) return Promise.reject(errno('ECONNRESET'));
      const part = outbox.subarray(0, bytes);
      outbox = outbox.subarray(bytes);
      return Promise.resolve(part);
    },
    close: () => {
      connection.closed = true;
    },
  };
  return connection;
}

interface Machine {
  readonly kernel: Kernel;
  /** Backend by number. */
  readonly devices: Map<number, string | undefined>;
  readonly connections: (Connection & { closed: boolean })[];
  readonly orders: { readonly order: number; readonly attributes: ReadonlyMap<number, Buffer> }[];
}

function attributesIn(body: Buffer): ReadonlyMap<number, Buffer> {
  const out = new Map<number, Buffer>();
  for (let at = 0; at < body.length;) {
    const size = body.readUInt16LE(at);
    out.set(body.readUInt16LE(at + 2) & 0x3fff, body.subarray(at + 4, at + size));
    at += Math.ceil(size / 4) * 4;
  }
  return out;
}

const family = 0x1d;

/** `refuses`: what the kernel says to an order in place of obeying. */
function machine(other: Partial<Server> = {}, refuses = 0): Machine {
  const devices = new Map<number, string | undefined>([[0, undefined]]);
  const connections: Machine['connections'] = [];
  const orders: Machine['orders'] = [];
  const obey = (order: number, attributes: ReadonlyMap<number, Buffer>): number => {
    orders.push({ order, attributes });
    if (refuses !== 0) return refuses;
    const index = attributes.get(1)?.readUInt32LE(0) ?? -1;
    if (order === 1) devices.set(index, attributes.get(10)?.toString().replace(/\0$/, ''));
    else devices.delete(index);
    return 0;
  };
  const netlink = (protocol: number): Netlink => {
    expect(protocol).toBe(16);
    const replies: Buffer[] = [];
    const reply = (type: number, body: Buffer): void => {
      const header = Buffer.alloc(16);
      header.writeUInt32LE(16 + body.length, 0);
      header.writeUInt16LE(type, 4);
      replies.push(Buffer.concat([header, body]));
    };
    return {
      send: (message) => {
        expect(message.readUInt32LE(0)).toBe(message.length);
        const [type, order] = [message.readUInt16LE(4), message.readUInt8(16)];
        const attributes = attributesIn(message.subarray(20));
        const error = Buffer.alloc(20);
        if (type === 0x10) {
          // An attribute of another kind, then the number of the family.
          if (attributes.get(2)?.toString() === 'nbd\0')
            reply(0x10, Buffer.from([1, 2, 0, 0, 8, 0, 3, 0, 1, 0, 0, 0, 6, 0, 1, 0, family, 0, 0, 0]));
        } else if (type === family) error.writeInt32LE(obey(order, attributes), 0);
        reply(2, error);
        return Promise.resolve();
      },
      receive: () => Promise.resolve(replies.shift() ?? Promise.reject(errno('ETIMEDOUT'))),
      close: () => undefined,
    };
  };
  const kernel = fakeKernel({
    netlink,
    connectIn: (netns, address, port) => {
      expect([netns, address, port]).toEqual(['n', step.address, step.port]);
      const connection = connectionTo({ ...server, ...other }, 40 + connections.length);
      connections.push(connection);
      return Promise.resolve(connection);
    },
    exists: (path) => Promise.resolve(devices.has(Number(/nbd(\d+)$/.exec(path)?.[1]))),
    read: (path) => {
      const backend = devices.get(Number(/nbd(\d+)\/backend$/.exec(path)?.[1]));
      return Promise.resolve(backend === undefined ? undefined : `${backend}\n`);
    },
  });
  return { kernel, devices, connections, orders };
}

const connect = async ({ kernel }: Machine, one = step): Promise<string> => {
  const verb = verbOf(one, kernel);
  const prior = (await verb.capture(one)) ?? '';
  await verb.act(one, prior, AbortSignal.any([]));
  return prior;
};

describe('a device of NBD', () => {
  it('gets what the server says, every connection, and our name', async () => {
    const host = machine();
    expect(await connect(host)).toBe('added');
    const given = host.orders[0]?.attributes;
    expect(given?.get(2)?.readBigUInt64LE(0)).toBe(2n ** 26n);
    expect(given?.get(3)?.readBigUInt64LE(0)).toBe(4096n);
    expect(given?.get(5)?.readBigUInt64LE(0)).toBe(269n);
    // It was not there before, so it goes when it is let go.
    expect(given?.get(6)?.readBigUInt64LE(0)).toBe(1n);
    const sockets = given?.get(7) ?? Buffer.alloc(0);
    expect([sockets.readUInt32LE(8), sockets.readUInt32LE(20)]).toEqual([40, 41]);
    expect(host.devices.get(3)).toBe(step.backend);
    expect(host.connections.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('that was there before stays there', async () => {
    const host = machine();
    expect(await connect(host, { ...step, index: 0 })).toBe('found');
    expect(host.orders[0]?.attributes.get(6)?.readBigUInt64LE(0)).toBe(0n);
  });

  it.each([
    ['gives no export "disk"', { exports: [] }],
    ['it is no NBD server', { greeting: 'NBDMAGIC\0\0\x42\x02\x81\x86\x12\x53' }],
    ['one connection for a disk alone', { flags: 1 }],
  ])('is refused with a word: %s', async (words, other) => {
    const host = machine(other);
    await expect(connect(host)).rejects.toThrow(words);
    expect(host.orders).toEqual([]);
    expect(host.connections.every(({ closed }) => closed)).toBe(true);
  });

  it('that somebody else was faster to take is an error, and theirs', async () => {
    const host = machine({}, -16);
    await expect(connect(host)).rejects.toThrow('EBUSY');
    host.devices.set(3, 'theirs');
    const verb = verbOf(step, host.kernel);
    expect(await verb.present(step, 'added')).toBe(false);
    await verb.undo(step, 'added', 100);
    expect(host.devices.get(3)).toBe('theirs');
  });

  it('is let go, twice in a row', async () => {
    const host = machine();
    const prior = await connect(host);
    const verb = verbOf(step, host.kernel);
    expect(await verb.present(step, prior)).toBe(true);
    await verb.undo(step, prior, 100);
    await verb.undo(step, prior, 100);
    expect(host.devices.has(3)).toBe(false);
    expect(host.orders.map(({ order }) => order)).toEqual([1, 2]);
  });
});
