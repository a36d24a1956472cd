// The names below a key of xenstore, however many: an answer holds 4096 bytes (XENSTORE_PAYLOAD_MAX), so a longer list comes
// in parts (xen/docs/misc/xenstore.txt, DIRECTORY_PART).

import { errnoOf, HostError } from '../../lib/errors.ts';
import { type Connection, requestType as type } from './xenstore-connection.ts';

const payloadMaxBytes = 4096;
/** Domains come and go while a list is read. */
const mostAttempts = 20;
/** Answers of daemons to a request that they do not know. */
const hasNoParts: readonly string[] = ['ENOSYS', 'EINVAL'];

/** `transaction`: 0 outside of any. Throws HostError as `ask` does, and naming the limit where the daemon has no parts. */
export async function namesBelow({ ask }: Connection, transaction: number, path: string): Promise<readonly string[]> {
  try {
    return namesIn(await ask(type.directory, transaction, `${path}\0`));
  } catch (failure) {
    if (codeOf(failure) !== 'E2BIG') throw failure;
  }
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const names = await inParts((offset) => part(ask, transaction, { path, offset }));
    if (names) return names;
  }
  throw new HostError(
    `xenstore: the names below ${path} changed each of the ${mostAttempts} times that they were read`,
  );
}

interface Part {
  /** The count of changes to the list, as text: another one makes the offsets of earlier parts meaningless. */
  readonly generation: string;
  readonly names: Buffer;
  readonly isLast: boolean;
}

/** Undefined where the list changed on the way. `read` takes an offset in bytes. */
async function inParts(read: (offset: number) => Promise<Part>): Promise<readonly string[] | undefined> {
  let whole = Buffer.alloc(0);
  let first: string | undefined;
  for (;;) {
    const { generation, names, isLast } = await read(whole.length);
    first ??= generation;
    if (generation !== first) return undefined;
    whole = Buffer.concat([whole, names]);
    if (isLast) return namesIn(whole);
  }
}

/** Asked for by path and offset; answered by generation and names, each ended by a zero, and another zero after the last. */
async function part(
  ask: Connection['ask'],
  transaction: number,
  { path, offset }: { readonly path: string; readonly offset: number },
): Promise<Part> {
  const answer = await ask(type.directoryPart, transaction, `${path}\0${offset}\0`).catch((failure: unknown) => {
    if (!hasNoParts.includes(codeOf(failure) ?? '')) throw failure;
    throw new HostError(
      `xenstore: the names below ${path} are longer than the ${payloadMaxBytes} bytes of one answer, and this xenstored gives no parts (${codeOf(failure) ?? ''})`,
      'use one that knows DIRECTORY_PART: xenstored of Xen 4.9 or later',
      { cause: failure },
    );
  });
  const end = answer.indexOf(0);
  const rest = answer.subarray(end + 1);
  const isLast = rest.at(-1) === 0 && (rest.length === 1 || rest.at(-2) === 0);
  if (end < 0 || rest.length === 0) throw new HostError(`xenstored answers with an empty part of ${path}`);
  return { generation: answer.toString('utf8', 0, end), names: isLast ? rest.subarray(0, -1) : rest, isLast };
}

function namesIn(answer: Buffer): readonly string[] {
  return answer.toString().split('\0').filter(Boolean);
}

function codeOf(failure: unknown): string | undefined {
  return errnoOf(failure instanceof Error ? failure.cause : undefined);
}
