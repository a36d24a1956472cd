// Asks a program that only looks, and goes on without it: one that is not there, fails or hangs has no answer. By Node itself,
// as a look must cost little.

import { spawn } from 'node:child_process';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** More is no answer to what is asked. */
const mostBytes = 16 * 2 ** 20;

/** Gives its stdout. Undefined if it does not end with 0 by the deadline; it is killed then, and not waited for. */
export function askProgram(program: string, args: readonly string[], deadlineMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: path, LC_ALL: 'C.UTF-8' },
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = (text: string | undefined): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      resolve(text);
    };
    const timer = setTimeout(() => end(undefined), deadlineMs + 500);
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes > mostBytes) end(undefined);
    });
    child.on('error', () => end(undefined));
    child.on('close', (code) => end(code === 0 ? Buffer.concat(parts).toString('utf8') : undefined));
  });
}
