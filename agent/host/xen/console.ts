// The console of a domain of ours: a pseudo terminal, whose other end xenconsoled holds, in raw mode. Words go in as lines.

import { constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import type { Domain } from '../../lib/xen.ts';
import type { Console } from '../child.ts';
import { runCommand } from '../kernel/run-command.ts';
import { waitFor } from '../kernel/wait.ts';
import { withXenstore } from './xenstore.ts';

const appearMs = 5_000;

/** By domain: of two readers each would get a part of what is said, so an earlier one ends. */
const opened = new Map<string, Console>();

/** Throws HostError when xenconsoled has made none. */
export async function openConsole({ name, id }: Domain): Promise<Console> {
  const key = `/local/domain/${id}/console/tty`;
  const path = await waitFor(`the console of ${name} (${key} in xenstore)`, appearMs, () =>
    withXenstore((store) => store.read(key)),
  );
  const open = (): number => openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const [output, input] = [new ReadStream(open()), new WriteStream(open())];
  // The other end goes with the domain; what that means is told by `whatFailed`.
  for (const end of [output, input]) end.on('error', () => undefined);
  opened.get(name)?.close();
  const console: Console = {
    output,
    send: (line) => void input.write(`${line}\n`),
    whatFailed: () => whatFailedIn(name),
    close: () => {
      output.destroy();
      input.destroy();
    },
  };
  opened.set(name, console);
  return console;
}

/** From the second-last column of `xl list`: the states r(unning), b(locked), p(aused), s(hut down), c(rashed), d(ying). */
async function whatFailedIn(name: string): Promise<string | undefined> {
  const listed = await runCommand(['xl', 'list', name]).catch(() => undefined);
  if (listed === undefined) return 'is gone';
  const state = listed.trim().split('\n').at(-1)?.trim().split(/\s+/).at(-2) ?? '';
  if (state.includes('c')) return 'has crashed';
  return /[sd]/.test(state) ? 'has shut down' : undefined;
}
