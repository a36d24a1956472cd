// Exits the process when a normal exit would hang.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { isAnythingHanging } from '../kernel/deadline.ts';

/** Those of stdin, stdout and stderr that were a terminal at the start. */
const terminals = [0, 1, 2].filter((fd) => isatty(fd));

/**
 * Ends the process at once where a thread of libuv's pool is held in the kernel: process.exit waits for all of them
 * (uv_library_shutdown), and would never return. And where its terminal is gone: Node aborts when it cannot put that back
 * into its first mode (src/node.cc, ResetStdio). Else it does nothing.
 */
export function leaveIfStuck(code: number): void {
  if (!isAnythingHanging() && terminals.every((fd) => isatty(fd))) return;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    koffi.load(null).func('void _exit(int status)')(code);
  } catch {
    // Without the native module: better no exit code than no end.
    execFileSync('sh', ['-c', 'kill -KILL $PPID']);
  }
}
