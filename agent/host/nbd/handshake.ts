// The handshake of NBD over a connection that is there (github.com/NetworkBlockDevice/nbd, doc/proto.md, "Fixed newstyle
// negotiation"): which export, how large it is, and what it can do. What comes after, the I/O, is the kernel's.

import { HostError } from '../../lib/errors.ts';
import type { Connection } from '../kernel/socket.ts';

export interface Export {
  readonly bytes: number;
  /** Transmission flags, as the kernel wants them too (include/uapi/linux/nbd.h). */
  readonly flags: number;
}

const greeting = Buffer.from('NBDMAGICIHAVEOPT');
const option = Buffer.from('IHAVEOPT');
const exportName = 1;
const [fixedNewstyle, noZeroes] = [1, 2];
/** Of the flags: they are valid; the export may be used by several connections at once. */
export const manyConnections = 256;

/** Throws HostError where it is no such server, or has no such export. */
export async function askForExport(wire: Pick<Connection, 'send' | 'receive'>, name: string): Promise<Export> {
  const hello = await wire.receive(greeting.length + 2);
  if (!hello.subarray(0, greeting.length).equals(greeting)) throw new HostError('it is no NBD server');
  if ((hello.readUInt16BE(greeting.length) & fixedNewstyle) === 0)
    throw new HostError('the NBD server knows the old handshake alone');
  const wanted = Buffer.from(name);
  const ask = Buffer.alloc(4 + option.length + 8);
  ask.writeUInt32BE(fixedNewstyle | noZeroes, 0);
  option.copy(ask, 4);
  ask.writeUInt32BE(exportName, 12);
  ask.writeUInt32BE(wanted.length, 16);
  await wire.send(Buffer.concat([ask, wanted]));
  // A server that has no such export hangs up.
  const answer = await wire.receive(10).catch((cause: unknown) => {
    throw new HostError(`the NBD server gives no export "${name}"`, undefined, { cause });
  });
  return { bytes: Number(answer.readBigUInt64BE(0)), flags: answer.readUInt16BE(8) };
}
