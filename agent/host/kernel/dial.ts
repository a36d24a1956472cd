// Does anybody answer at this address?

import { connect } from 'node:net';
import { errnoOf } from '../../lib/errors.ts';

/** Connects over TCP and hangs up. Throws an Error that says in words what came instead of an answer. */
export function dial(address: string, port: number, deadlineMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setTimeout(deadlineMs, () => fail(`does not answer within ${deadlineMs / 1000} s`));
    socket.on('error', (failure) => fail(`cannot be reached: ${errnoOf(failure) ?? failure.message}`));
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
