// Starts a program that runs beside the agent, in a cgroup.

import { PassThrough } from 'node:stream';
import { execa } from 'execa';
import type { Child, Exit } from '../child.ts';
import { programMark } from './programs.ts';
import { commandEnvironment } from './run-command.ts';

const stderrTailBytes = 16_384;

export interface Program {
  readonly name: string;
  readonly argv: readonly string[];
  /** Every process that it starts lives and dies in this cgroup. */
  readonly cgroup: string;
  /** Left alive when the agent dies. */
  readonly survives?: true;
}

// Node cannot start a process inside a cgroup: the wrapper moves itself, then becomes the program. Where memory runs out,
// the kernel is to take a guest of ours before anybody else's work, and before the agent. What it becomes is known by the
// cgroup, so that a recovery need not wait for its end.
const enterCgroup = 'echo $$ >"$1/cgroup.procs" && echo "$2" >/proc/self/oom_score_adj && shift 2 && exec "$@" 3>&-';

const dieWithAgent = ['setpriv', '--pdeathsig', 'KILL', '--'];

export function startProgram(program: Program): Child {
  const argv = [
    '-c',
    enterCgroup,
    'sh',
    program.cgroup,
    program.survives ? '0' : '1000',
    ...(program.survives ? [] : dieWithAgent),
    ...program.argv,
  ];
  const child = execa('sh', argv, {
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', programMark() ?? 'ignore'],
    buffer: false,
    // Out of the terminal's reach: Ctrl-C is for the agent, which ends its children in order.
    detached: true,
    env: commandEnvironment,
    extendEnv: false,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrTailBytes);
  });
  // Read from the start, so that a process that ends early never blocks on a full pipe.
  const stdout = child.stdout.pipe(new PassThrough({ highWaterMark: 64 * 1024 * 1024 }));
  const exited = child.then((result): Exit => ({ code: result.exitCode, signal: result.signal, stderr }));
  return { name: program.name, stdout, exited, signal: (name) => void child.kill(name) };
}
