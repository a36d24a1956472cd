// A xenstored of one folder, on a socket: requests and answers as on the wire, so that what a client sends is what is tested.

import { createServer, type Server } from 'node:net';

const headerBytes = 16;
const payloadMaxBytes = 4096;
const [directory, errorType, directoryPart] = [1, 16, 22];

export interface FakeXenstored {
  /** The names below every key; undefined: there is no such key. */
  names: readonly string[] | undefined;
  /** Called before each answer with a part. */
  beforePart: (offset: number) => void;
  /** What it says of a request for a part, where it knows none. */
  partError: string | undefined;
  /** Counts changes of the list: a test that changes the names counts. */
  generation: number;
  /** Requests in their order, such as `1 /local/domain` or `22 /local/domain 4080`. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

export async function serveXenstore(path: string): Promise<FakeXenstored> {
  const daemon: FakeXenstored = {
    ...{ names: [], beforePart: () => undefined, partError: undefined, generation: 7, asked: [] },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server: Server = createServer((socket) => {
    let held = Buffer.alloc(0);
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        while (held.length >= headerBytes && held.length >= headerBytes + held.readUInt32LE(12)) {
          const end = headerBytes + held.readUInt32LE(12);
          socket.write(
            reply(
              held.subarray(0, headerBytes),
              answerOf(daemon, held.readUInt32LE(0), held.subarray(headerBytes, end)),
            ),
          );
          held = held.subarray(end);
        }
      });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return daemon;
}

type Answer = Buffer | { readonly error: string };

function answerOf(daemon: FakeXenstored, kind: number, body: Buffer): Answer {
  const words = body.toString().split('\0').slice(0, -1);
  daemon.asked.push([kind, ...words].join(' '));
  if (kind === directory && words.length === 1) {
    if (!daemon.names) return { error: 'ENOENT' };
    const whole = listOf(daemon.names);
    return whole.length > payloadMaxBytes ? { error: 'E2BIG' } : whole;
  }
  if (kind !== directoryPart) return { error: 'ENOSYS' };
  if (daemon.partError !== undefined) return { error: daemon.partError };
  if (words.length !== 2) return { error: 'EINVAL' };
  const offset = Number(words[1]);
  daemon.beforePart(offset);
  return daemon.names ? partOf(listOf(daemon.names), offset, daemon.generation) : { error: 'ENOENT' };
}

/** As many whole names as fit behind the generation; one more zero where the list ends. */
function partOf(whole: Buffer, offset: number, generation: number): Buffer {
  const head = Buffer.from(`${generation}\0`);
  let end = offset;
  while (end < whole.length) {
    const next = whole.indexOf(0, end) + 1;
    if (head.length + next - offset + 1 > payloadMaxBytes) break;
    end = next;
  }
  return Buffer.concat([head, whole.subarray(offset, end), ...(end >= whole.length ? [Buffer.alloc(1)] : [])]);
}

function listOf(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(''));
}

function reply(request: Buffer, answer: Answer): Buffer {
  const header = Buffer.from(request);
  const payload = Buffer.isBuffer(answer) ? answer : Buffer.from(`${answer.error}\0`);
  if (!Buffer.isBuffer(answer)) header.writeUInt32LE(errorType, 0);
  header.writeUInt32LE(payload.length, 12);
  return Buffer.concat([header, payload]);
}
