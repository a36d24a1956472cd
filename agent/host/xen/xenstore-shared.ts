// One connection to xenstored for all who look at the same time: the daemon lets two wait to connect, and a look at a host of
// many guests asks for thousands of keys.

import { daemonSocket, openXenstore } from './xenstore-connection.ts';
import { storeOf, type Xenstore } from './xenstore.ts';

/**
 * Asks one question after another. The connection is made with the first who asks and closed with the last; where it breaks,
 * all of them fail. Throws what the question throws, and HostError when the daemon cannot be reached.
 */
export function sharedXenstore(path = daemonSocket): <T>(question: (store: Xenstore) => Promise<T>) => Promise<T> {
  let asking = 0;
  let opened: ReturnType<typeof openXenstore> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return async (question) => {
    asking += 1;
    try {
      opened ??= openXenstore(path);
      const connection = await opened;
      const answer = last.then(() => question(storeOf(connection, 0)));
      last = answer.catch(() => undefined);
      return await answer;
    } finally {
      asking -= 1;
      if (asking === 0) {
        const ended = opened;
        opened = undefined;
        void ended?.then(
          (connection) => connection.close(),
          () => undefined,
        );
      }
    }
  };
}
