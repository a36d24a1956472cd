import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharedXenstore } from '../../../../agent/host/xen/xenstore-shared.ts';
import { HostError } from '../../../../agent/lib/errors.ts';
import { openXenstore, requestType } from '../../../../agent/host/xen/xenstore-connection.ts';

/** A daemon with the queue of xenstored, which takes nobody from it for a while; then it answers each request with "yes". */
const daemon = `
const { createServer } = require('node:net');
const [, , path, busyMs] = process.argv;
const server = createServer((socket) => {
  process.send('a connection');
  socket.on('error', () => {}).on('data', (request) => {
    const reply = Buffer.concat([request.subarray(0, 16), Buffer.from('yes')]);
    reply.writeUInt32LE(3, 12);
    socket.write(reply);
  });
});
server.listen({ path, backlog: 1 }, () => {
  process.send('up');
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(busyMs)));
});
`;

let folder: string;
let path: string;
let server: ChildProcess | undefined;
const others: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-xenstored-'));
  path = join(folder, 'socket');
});
afterEach(() => {
  for (const socket of others.splice(0)) socket.destroy();
  server?.kill('SIGKILL');
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function serve(busyMs: number): Promise<void> {
  writeFileSync(join(folder, 'daemon.cjs'), daemon);
  server = fork(join(folder, 'daemon.cjs'), [path, `${busyMs}`]);
  await once(server, 'message');
  // It has said so before it is busy.
  await new Promise((resolve) => setTimeout(resolve, 100));
}

/** What a client hears that does not wait. */
async function connectOnce(): Promise<string> {
  const socket = connect(path);
  others.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('connected')).once('error', (failure) => resolve(failure.message));
  });
}

async function fillTheQueue(): Promise<void> {
  for (let i = 0; i < 10; i++) if ((await connectOnce()).includes('EAGAIN')) return;
  throw new Error('the queue takes everybody');
}

describe('a connection to xenstored', () => {
  it('is had once a daemon whose queue is full has time again', async () => {
    await serve(1500);
    await fillTheQueue();
    const connection = await openXenstore(path);
    expect((await connection.ask(requestType.read, 0, '/local\0')).toString()).toBe('yes');
    connection.close();
  });

  it('is refused, by name, when its daemon stays too busy', async () => {
    await serve(60_000);
    await fillTheQueue();
    await expect(openXenstore(path)).rejects.toThrow(
      `a place in the queue of xenstored at ${path} did not happen within 5 s`,
    );
  }, 10_000);

  it('is refused at once where nobody serves', async () => {
    await expect(openXenstore(path)).rejects.toMatchObject({
      problems: [
        {
          message: `cannot reach xenstored at ${path}: ENOENT`,
          hint: expect.stringContaining('service xen start') as string,
        },
      ],
    });
  });
});

describe('a look at many keys', () => {
  it('takes one connection for all who look together, and another for those who come later', async () => {
    await serve(0);
    let connections = 0;
    server?.on('message', () => (connections += 1));
    const ask = sharedXenstore(path);
    const keys = Array.from({ length: 200 }, (_, i) => `/local/${i}`);
    expect(await Promise.all(keys.map((key) => ask((store) => store.read(key))))).toEqual(keys.map(() => 'yes'));
    // What the daemon tells of its connections comes when it comes.
    await vi.waitFor(() => expect(connections).toBe(1));
    expect(await ask((store) => store.read('/local'))).toBe('yes');
    await vi.waitFor(() => expect(connections).toBe(2));
  });

  it('fails as a whole, and at once, when the daemon goes', async () => {
    await serve(0);
    const ask = sharedXenstore(path);
    const gone = new Promise((resolve) => server?.on('exit', resolve));
    const first = ask(async (store) => {
      server?.kill('SIGKILL');
      return store.read('/a').then(() => store.read('/b'));
    });
    const later = ask((store) => store.read('/c'));
    const closed = { status: 'rejected', reason: new HostError('xenstored closed the connection') };
    expect(await Promise.allSettled([first, later])).toEqual([closed, closed]);
    await gone;
    await expect(ask((store) => store.read('/d'))).rejects.toThrow(/cannot reach xenstored/);
  }, 10_000);
});
