// Asks a command line of the user's a question that its exit status answers. It runs as the user would have it run: by
// `sh -c`, with the agent's own environment. It is in none of the guests' cgroups, as only fio moves into them.

import { spawn } from 'node:child_process';

/** Failed: it was not started, ended otherwise, or had no answer in time. */
export type Answer =
  { readonly kind: 'yes' } | { readonly kind: 'no' } | { readonly kind: 'failed'; readonly how: string };

/** After the deadline: what hangs in the kernel does not end by being killed, and is not waited for. */
const graceMs = 500;

/** 0 is yes, 1 is no. At the deadline all of its process group is killed, by timeout(1), which makes that group. Never throws. */
export function askCommand(line: string, deadlineMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const late = { kind: 'failed', how: `no answer within ${deadlineMs / 1000} s` } as const;
    const fromMs = performance.now();
    const argv = ['--signal=KILL', `${deadlineMs / 1000}`, 'sh', '-c', line];
    // Out of the terminal's reach: Ctrl-C is for the run alone.
    const child = spawn('timeout', argv, { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => resolve(late), deadlineMs + graceMs);
    const answer = (one: Answer): void => {
      clearTimeout(timer);
      resolve(one);
    };
    child.on('error', ({ message }) => answer({ kind: 'failed', how: `cannot be started: ${message}` }));
    child.on('exit', (code, signal) => {
      if (code === 0) answer({ kind: 'yes' });
      else if (code === 1) answer({ kind: 'no' });
      else if (performance.now() - fromMs >= deadlineMs) answer(late);
      else answer({ kind: 'failed', how: signal ? `ended by ${signal}` : `it ended with ${code ?? '?'}` });
    });
    child.unref();
  });
}
